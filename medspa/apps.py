"""How Django's own apps join this project."""

from django.contrib.admin.apps import AdminConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class StaffConfig(AdminConfig):
    """The Django admin with this blog's own site object as its default."""

    default_site = "blog.admin.site.StaffSite"


class StaticConfig(StaticFilesConfig):
    """Static files without the parts of django-ckeditor that this site does not use.

    CKEditor 4 gets no more free fixes, so what is not needed is neither collected nor served.
    """

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        *(
            f"ckeditor/ckeditor/plugins/{plugin}"
            for plugin in (
                "adobeair bbcode codesnippet codesnippetgeshi devtools docprops embed embedbase embedsemantic "
                "exportpdf flash forms iframe iframedialog image language mathjax pagebreak placeholder preview "
                "print scayt smiley sourcedialog stylesheetparser templates uicolor wsc xml ajax autoembed"
            ).split()
        ),
        "ckeditor/ckeditor/samples",
        "ckeditor/ckeditor/adapters",
        "ckeditor/ckeditor/bender-runner.config.json",
        "ckeditor/ckeditor/build-config.js",
        "ckeditor/ckeditor/*.md",
        "ckeditor/ckeditor/vendor",
        "ckeditor/galleriffic",
    ]
