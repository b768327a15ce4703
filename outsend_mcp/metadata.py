"""What tells clients how to sign in: the documents of the protected resource and of the authorization server.

Sources: RFC 9728, RFC 8414, RFC 9207, draft-ietf-oauth-client-id-metadata-document.
"""

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from engine.oauth.schemas import SCOPES

RESOURCE = "/.well-known/oauth-protected-resource"
SERVER = "/.well-known/oauth-authorization-server"
AUTHORIZE, TOKEN, REGISTER, REVOKE = "/authorize", "/token", "/register", "/revoke"
CLIENT_AUTHENTICATION = ["none", "client_secret_post", "client_secret_basic"]


def metadata_routes(base: str, path: str) -> list[BaseRoute]:
    """Both documents, for the resource at that path; the first also where clients look that know its host alone."""
    resource, server = _resource(base, path), _server(base)
    told = {RESOURCE: resource, RESOURCE + path: resource, SERVER: server}
    return [Route(at, endpoint=_document(document), methods=["GET"]) for at, document in told.items()]


def _resource(base: str, path: str) -> dict[str, object]:
    return {
        "resource": base + path,
        "resource_name": "outsend",
        "authorization_servers": [base],
        "scopes_supported": list(SCOPES.values()),
        "bearer_methods_supported": ["header"],
    }


def _server(base: str) -> dict[str, object]:
    return {
        "issuer": base,
        "authorization_endpoint": base + AUTHORIZE,
        "token_endpoint": base + TOKEN,
        "registration_endpoint": base + REGISTER,
        "revocation_endpoint": base + REVOKE,
        "scopes_supported": list(SCOPES.values()),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": CLIENT_AUTHENTICATION,
        "revocation_endpoint_auth_methods_supported": CLIENT_AUTHENTICATION,
        "code_challenge_methods_supported": ["S256"],
        "client_id_metadata_document_supported": True,
        "authorization_response_iss_parameter_supported": True,
    }


def _document(told: Mapping[str, object]) -> Callable[[Request], Awaitable[JSONResponse]]:
    async def answer(request: Request) -> JSONResponse:
        # Clients in a browser read it from wherever they were loaded.
        return JSONResponse(told, headers={"Access-Control-Allow-Origin": "*", "Cache-Control": "max-age=3600"})

    return answer
