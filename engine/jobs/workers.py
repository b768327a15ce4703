"""The workers' signs of life, for readiness and for the reconciler."""

from engine.context import Context, write
from engine.jobs.models import Worker


@write
def beat(context: Context, name: str, version: str) -> None:
    """Say that this worker lives."""
    context.session.merge(Worker(id=name, beat=context.now(), version=version))
