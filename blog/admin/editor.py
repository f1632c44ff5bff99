"""The editor of article text: CKEditor 4 inside its fence. Another editor would be another class here.

CKEditor 4 gets no more free fixes. What keeps it harmless: only signed-in staff load it; its content filter is
generated from the table of stored markup; only the named plug-ins run; text sits in the page instead of a frame; it has
no upload, no source view and no dialog of its own; the server cleans whatever comes back.
"""

import re
from functools import lru_cache

from ckeditor.widgets import CKEditorWidget
from django import forms
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from js_asset import Script

from blog.content.clean import BodyTooLong, clean
from blog.content.editor import to_editor
from blog.content.markup import allowed_content
from blog.content.outline import post_links
from blog.publishing import links

# All that run; CKEditor adds what these need by themselves (dialog, notification, menus).
PLUGINS = (
    "basicstyles",
    "blockquote",
    "clipboard",
    "divarea",
    "enterkey",
    "format",
    "list",
    "pastefromgdocs",
    "pastefromlibreoffice",
    "pastefromword",
    "removeformat",
    "showborders",
    "staff",
    "staffboxes",
    "staffcite",
    "staffvideos",
    "tab",
    "tableselection",
    "tabletools",
    "toolbar",
    "undo",
    "widget",
)

# A second lock: were one of these ever needed by another plug-in, the editor would refuse to start.
REMOVED = (
    "about adobeair autoembed autolink bbcode codesnippet codesnippetgeshi colordialog copyformatting devtools "
    "div docprops elementspath embed embedbase embedsemantic exportpdf filebrowser find flash font forms iframe "
    "iframedialog image image2 language link magicline mathjax newpage pagebreak placeholder preview print resize "
    "save scayt smiley sourcearea sourcedialog specialchar stylesheetparser templates uicolor uploadimage "
    "uploadwidget wsc"
).split()

# One row of six; the rest stands behind More on touch and on narrow screens.
TOOLBAR = [
    ["Format"],
    ["Bold", "StaffLink", "BulletedList", "StaffPhoto"],
    ["More"],
    "/",
    ["StaffBoxes"],
    ["Italic", "StaffUnlink", "NumberedList", "Blockquote", "StaffTable", "StaffCite"],
    ["Undo", "Redo", "RemoveFormat"],
]


def editor_config() -> dict[str, object]:
    """What CKEditor is told, fit for JSON. No function, no address of another host, nothing from settings."""
    return {
        "customConfig": "",
        "stylesSet": False,
        "contentsCss": [],
        "language": "en",
        "skin": "moono-lisa",
        "versionCheck": False,
        "plugins": ",".join(PLUGINS),
        "removePlugins": ",".join(REMOVED),
        "allowedContent": allowed_content(),
        "format_tags": "p;h2;h3;h4",
        "toolbar": TOOLBAR,
        "toolbarCanCollapse": False,
        # Arrow keys walk the whole toolbar.
        "toolbarGroupCycling": False,
        "title": "Article text",
        "applicationTitle": "Article editor",
        "disableNativeSpellChecker": False,
        "enableContextMenu": False,
        # Pictures come in through the photo sheet only, which asks for their description.
        "clipboard_handleImages": False,
        "pasteFromWord_inlineImages": False,
        "pasteTools_removeFontStyles": True,
        # The form hands over the text itself, and only when somebody changed it.
        "autoUpdateElement": False,
        "height": "auto",
    }


class ArticleEditor(CKEditorWidget):
    """The form widget for article text: a text area that CKEditor takes over where scripts run."""

    def __init__(self, attrs: dict[str, str] | None = None) -> None:
        super().__init__(attrs={"rows": 20, **(attrs or {})})
        self.config = editor_config()

    def _set_config(self) -> None:
        # The package would add the visitor's language here; the config is complete as it is.
        pass

    @property
    def media(self) -> forms.Media:
        """Scripts in the order in which they need each other, and the styles."""
        package = super().media
        own = [Script(f"staff/{name}.js") for name in ("editor", "boxes", "videos", "cite")]
        return forms.Media(css=package._css, js=[*package._js, *own])


def image_address(pk: int) -> str:
    """Where staff see a library picture while they edit: the same for good, so that no text changes by itself."""
    return reverse("admin:blog_image_file", args=[pk])


def image_id_from_address(src: str) -> int | None:
    """The picture that stands at such an address on this site, or None for any other address."""
    path = re.sub(r"^https?://[^/]+", "", src).partition("?")[0]
    number = re.search(r"/([1-9][0-9]{0,17})/", path)
    try:
        return int(number[1]) if number and image_address(int(number[1])) == path else None
    except NoReverseMatch:
        return None


class ArticleField(forms.CharField):
    """Article text in a form: stored HTML out, cleaned HTML in, whichever editor stands between."""

    widget = ArticleEditor

    def prepare_value(self, value: str | None) -> str:
        """Stored or typed HTML as the editor needs it; what is too long to clean stays as it was typed."""
        try:
            cleaned = self.cleaned(value)
            return to_editor(cleaned, image_address, links.targets(post_links(cleaned), timezone.now()))
        except BodyTooLong:
            return value or ""

    def clean(self, value: str | None) -> str:
        """The HTML as it may be stored. Raises ``ValidationError`` for more text than an article can be."""
        try:
            return self.cleaned(super().clean(value))
        except BodyTooLong as error:
            raise forms.ValidationError(str(error), code="too_long") from error

    def has_changed(self, initial: str | None, data: str | None) -> bool:
        """Whether the text differs once both are cleaned; the editor's own spelling of HTML is no change."""
        try:
            return self.cleaned(initial) != self.cleaned(data)
        except BodyTooLong:
            return True

    def cleaned(self, value: str | None) -> str:
        """``value`` as ``blog.content`` stores it, with our own addresses understood. Raises ``BodyTooLong``."""
        return clean(value or "", image_id_from_address, lru_cache(links.post_at))
