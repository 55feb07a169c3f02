"""Rendering: an edition and a theme in, subject, HTML and text out."""

from digest.core.render.mail import Links, MailList, Rendered
from digest.core.render.renderer import Renderer
from digest.core.render.theme import Theme

__all__ = ["Links", "MailList", "Rendered", "Renderer", "Theme"]
