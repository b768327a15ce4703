"""The REST API as one ASGI app: routers, the error table, what surrounds every request."""

from fastapi import FastAPI

from engine.context import Services
from engine.runtime import VERSION
from outsend_api import errors

TITLE = "outsend"
SUMMARY = "Lead generation that people and AI agents drive."


def create_app(services: Services) -> FastAPI:
    """The app over these services. The caller opens and closes them."""
    app = FastAPI(title=TITLE, summary=SUMMARY, version=VERSION, docs_url=None, redoc_url=None)
    app.state.services = services
    errors.install(app)
    return app
