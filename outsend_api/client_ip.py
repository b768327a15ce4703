"""Who a request comes from, for limits per IP, as endpoints ask for it."""

from typing import Annotated

from fastapi import Depends, Request

from engine.accounts import client_ip as told
from outsend_api.access import TheServices


def client_ip(request: Request, services: TheServices) -> str:
    """The client of a request, as `engine.accounts.client_ip` tells it."""
    peer = request.client.host if request.client else None
    return told.client_ip(peer, request.headers.getlist("x-forwarded-for"), services.settings.trusted_proxies)


ClientIp = Annotated[str, Depends(client_ip)]
