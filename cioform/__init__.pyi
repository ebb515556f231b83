from cioform.services.workspace import Workspace as Workspace

__version__: str
