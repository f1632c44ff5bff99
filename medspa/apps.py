"""How Django's own apps join this project."""

from django.contrib.admin.apps import AdminConfig
from django.contrib.staticfiles.apps import StaticFilesConfig

# Plug-ins of CKEditor that the editing screen does without.
UNUSED_PLUGINS = (
    "adobeair ajax autoembed bbcode codesnippet codesnippetgeshi devtools docprops embed embedbase "
    "embedsemantic exportpdf find flash forms iframe iframedialog image image2 language link "
    "magicline mathjax pagebreak placeholder preview print scayt smiley sourcedialog stylesheetparser "
    "templates uicolor uploadimage uploadwidget wsc xml"
).split()


class StaffConfig(AdminConfig):
    """The Django admin with this blog's own site object as its default."""

    default_site = "blog.admin.site.StaffSite"


class StaticConfig(StaticFilesConfig):
    """Static files without the parts of django-ckeditor that this site does not use.

    CKEditor 4 gets no more free fixes, so what is not needed is neither collected nor served.
    """

    # Django holds a folder's bare name against these, but a file's whole path; hence the stars.
    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        *(f"ckeditor/ckeditor/plugins/{plugin}/*" for plugin in UNUSED_PLUGINS),
        "ckeditor/ckeditor/samples/*",
        "ckeditor/ckeditor/adapters/*",
        "ckeditor/ckeditor/bender-runner.config.json",
        "ckeditor/ckeditor/build-config.js",
        "ckeditor/ckeditor/*.md",
        "ckeditor/ckeditor/vendor/*",
        "ckeditor/galleriffic/*",
    ]
