from tests.support.copied_projects import copy_of as copy_of
from tests.support.copied_projects import originals as originals
from tests.support.sandbox_project import project as project
