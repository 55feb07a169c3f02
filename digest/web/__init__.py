"""What is reached over HTTP: pages, webhooks and health; each part gives its routes to the site."""

from digest.web.site import Site, make_app

__all__ = ["Site", "make_app"]
