from tests.support.sandbox_project import project as project
