"""Who did what: to a post in public, to a login, to the practice."""

from django.conf import settings
from django.db import models


class AuditEntry(models.Model):
    """One act, kept for good: who, what, when, to which post or person, and the reason where one was given.

    ``about`` is the post's title or the person's name as it was then. No foreign key of the database ties an entry to
    the post, so that the entries of removed samples stay as they were written down.
    """

    class Act(models.TextChoices):
        """What was done."""

        PUBLISHED = "published", "Published"
        SCHEDULED = "scheduled", "Scheduled"
        UNSCHEDULED = "unscheduled", "Unscheduled"
        TAKEN_OFF = "taken_off", "Taken off the site"
        TAKE_OFF_SCHEDULED = "take_off_scheduled", "Scheduled to leave the site"
        TAKE_OFF_CANCELLED = "take_off_cancelled", "Kept on the site"
        TRASHED = "trashed", "Moved to the trash"
        RESTORED = "restored", "Taken out of the trash"
        SUBMITTED = "submitted", "Sent for review"
        APPROVED = "approved", "Approved"
        SENT_BACK = "sent_back", "Sent back"
        TAKEN_BACK = "taken_back", "Taken back from review"
        PICTURE_REPLACED = "picture_replaced", "Picture replaced everywhere"
        LINK_MADE = "link_made", "Preview link made"
        LINK_REVOKED = "link_revoked", "Preview link ended"
        SIGNED_IN = "signed_in", "Logged in"
        SIGN_IN_LOCKED = "sign_in_locked", "Locked after wrong passwords"
        PASSWORD_CHANGED = "password_changed", "Password changed"
        SECOND_FACTOR_SET = "second_factor_set", "Second step of the login set up"
        SECOND_FACTOR_RESET = "second_factor_reset", "Second step of the login reset"
        RECOVERY_CODE_USED = "recovery_code_used", "Recovery code used"
        INVITED = "invited", "Invited"
        RIGHTS_CHANGED = "rights_changed", "Roles changed"
        LOGIN_CLOSED = "login_closed", "Login closed"
        LOGIN_OPENED = "login_opened", "Login opened"
        PRACTICE_CHANGED = "practice_changed", "Practice changed"
        RECOVERY_CODES_MADE = "recovery_codes_made", "New recovery codes made"
        DEVICE_TRUSTED = "device_trusted", "Browser remembered"
        LOGIN_CHANGED = "login_changed", "Login name or e-mail changed"
        MEDICALLY_REVIEWED = "medically_reviewed", "Medically reviewed"
        REVIEW_CARRIED = "review_carried", "Review kept over a spelling correction"
        REVIEW_WITHDRAWN = "review_withdrawn", "Medical review withdrawn"
        REVIEW_LAPSED = "review_lapsed", "Medical review ended by a changed record"
        PUBLISH_ORDERED = "publish_ordered", "To be published when approved"
        ORDER_NOT_DONE = "order_not_done", "Approved, but not published"
        REASON_GIVEN = "reason_given", "Reason given for a check"
        RECORD_CHANGED = "record_changed", "Record changed"
        RECORD_SIGNED = "record_signed", "Record checked by a clinician"
        CONSENT_RECORDED = "consent_recorded", "Consent written down"
        CONSENT_REVOKED = "consent_revoked", "Consent revoked"

    post = models.ForeignKey(
        "blog.Post", on_delete=models.DO_NOTHING, null=True, related_name="audit", db_constraint=False
    )
    revision = models.ForeignKey(
        "blog.Revision", on_delete=models.DO_NOTHING, null=True, related_name="+", db_constraint=False
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    about = models.CharField(max_length=200, blank=True, db_default="")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    act = models.CharField(max_length=30, choices=Act)
    at = models.DateTimeField()
    takes_effect_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = "entry in the record"
        verbose_name_plural = "entries in the record"
        indexes = [
            models.Index(fields=["post", "-at"], name="audit_of_post"),
            models.Index(fields=["-at", "-id"], name="audit_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()}: {self.about}"
