from django.conf import settings
from django.http import HttpRequest


def installation(request: HttpRequest) -> dict[str, bool]:
    """What a template must know of the installation: whether to show the demonstration banner."""
    return {"demo": settings.DEMO, "second_factor_enforced": settings.SECOND_FACTOR_ENFORCED}
