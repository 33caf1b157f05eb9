"""The pages about people, a module for each subject."""

from people.views import reveals

__all__ = ["reveals"]
