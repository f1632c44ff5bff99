"""Files of pictures are missing, and the mail server says nothing: pages and acts go on, and health names it."""

import json
import re

import lxml.html
import pytest
from small_servers import silent_server
from staff_client import Staff

MAKE = """
from django.contrib.auth.models import Group
file = BytesIO()
Pillow.new("RGB", (300, 200), (30, 90, 90)).save(file, "JPEG")
image, _ = add_picture(file.getvalue(), alt_text="A lamp", depicts="nobody")
for slug in ("shown", "asked"):
    made = Post(title=slug, slug=slug, author=author, body="<p>Words.</p>", hero_image=image, hero_alt="A lamp")
    publishing.save_draft(staff, made, tags)
    if slug == "shown":
        publishing.publish(staff, publishing.newest_revision(made))
rita = User.objects.create_user("rita", "rita@example.com", is_staff=True)
rita.groups.set(Group.objects.all())
print(json.dumps([made.pk, Group.objects.get(name="Writer").pk]))
"""
STATE = """
from blog.health import around, here
mails = [[mail.to, mail.sent_at is None] for mail in Mail.objects.order_by("pk")]
print(json.dumps([mails, list(around.picture_files_there()), Review.objects.count()]))
"""


@pytest.fixture
def silent():
    with silent_server() as port:
        yield port


def test_missing_pictures_and_a_silent_mail_server(site, silent):
    site.environment |= {"EMAIL_URL": f"smtp://127.0.0.1:{silent}", "DEFAULT_FROM_EMAIL": "blog@example.com"}
    asked, writer = json.loads(site.begin(MAKE))
    site.start()
    staff, reader = Staff(site).sign_in(), Staff(site)

    # Nobody waits for a mail server: it has not said a word yet, and the act is done.
    invite = staff.ask("/admin/invite/")
    sent = invite.form("//form[.//input[@name='name']]")
    invited = staff.ask(invite.path, sent | {"name": "Dana Ruiz", "email": "dana@example.com", "roles": str(writer)})
    assert "It is also on its way by e-mail to dana@example.com." in invited.words, invited.words
    page = staff.ask(f"/admin/blog/post/{asked}/ask-for-review/")
    answer = staff.ask(page.path, page.form("//form[.//*[@name='revision']]") | {"note": "Please"})
    assert answer.status == 200
    assert "It is live." in staff.publish(asked).words

    before = reader.ask("/blog/shown/").text
    (picture,) = lxml.html.fromstring(before).xpath("//figure//img | //header//img")[:1]
    assert picture.get("width") and picture.get("height") and picture.get("alt") == "A lamp"
    assert reader.ask(picture.get("src")).status == 200
    for file in (site.folder / "media").iterdir():
        file.unlink()
    for path in ("/blog/shown/", "/blog/shown/?new", "/blog/", "/feed/"):
        assert reader.ask(path).status == 200
    assert reader.ask("/blog/shown/").text == before
    assert reader.ask(picture.get("src")).status == 404
    assert staff.ask("/admin/blog/image/").status == 200
    mails, (level, sentence), reviews = json.loads(site.ask(STATE))
    assert [to for to, waits in mails if waits] == ["dana@example.com", "rita@example.com"] and reviews == 1
    assert level == "wrong" and re.match(
        r"[0-9]+ files are missing, of picture 1, such as .*\. Put them back", sentence
    )
    assert "Traceback" not in site.log, site.log
