from cioform.session.workspace import Workspace as Workspace

__version__: str
