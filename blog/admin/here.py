"""Who else has a post open, in the words of the editing screen and of the list."""

from blog.publishing import Colleague


def here_words(colleagues: list[Colleague]) -> str:
    """The sentence about who else has the post open; blank for nobody."""
    if not colleagues:
        return ""
    if len(colleagues) == 1:
        does = "is writing in this post now" if colleagues[0].is_writing else "has this post open too"
        return f"{colleagues[0].name} {does}. Talk before you both write."
    names = ", ".join(one.name for one in colleagues[:-1]) + f" and {colleagues[-1].name}"
    return f"{names} have this post open too. Talk before you write."


def in_list_words(colleagues: list[Colleague]) -> str:
    """The same for a row of the list, where there is room for one name."""
    if len(colleagues) > 1:
        return f"{colleagues[0].name} and {len(colleagues) - 1} more are here now"
    return f"{colleagues[0].name} is {'writing ' if colleagues[0].is_writing else ''}here now"
