from tests.support.copied_projects import copy_of as copy_of
from tests.support.copied_projects import originals as originals
