from tests.support.project_world import world as world
