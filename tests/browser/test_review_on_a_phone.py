"""A reviewer between two patients: on a phone, with a finger."""

import themes
from axe_playwright_python.sync_playwright import Axe

PASSWORD = "a long password for tests"
SCENE = f"""
from django.contrib.auth.models import Group, User
from datetime import timedelta
from django.utils import timezone
from blog.models import Author, Drug, Post, Practice
from blog.publishing import Order, newest_revision, save_draft, publish, submit
def login(name, role):
    user = User.objects.create_user(name, password={PASSWORD!r}, is_staff=True)
    user.groups.set(Group.objects.filter(name=role))
    return user
wilma, erin, rita = login("wilma", "Writer"), login("erin", "Editor"), login("rita", "Medical reviewer")
Practice.objects.update_or_create(pk=1, defaults={{"review_policy": "may"}})
Author.objects.create(
    name="Rita Moss", slug="rita-moss", user=rita, credentials="MD", license_type="MD", is_medical_reviewer=True
)
names = {{"brand_name": "Lumizan", "generic_name": "lumizatoxin", "drug_class": "Toxins"}}
Drug.objects.create(**names, boxed_warning="It can spread.")
post = Post(title="How Lumizan works", author=Author.objects.create(name="Wilma Fox", slug="wilma-fox", user=wilma))
post.body = "<h2>When it works</h2><p>It will help.</p>" + "<p>Light, slowly explained, for everybody.</p>" * 30
publish(erin, save_draft(wilma, post, []))
post.body = post.body.replace("will help", "may help")
newest = save_draft(wilma, post, [], base_id=newest_revision(post).pk)
submit(wilma, newest)
submit(erin, newest, order=Order(timezone.now() + timedelta(days=2)))
print(post.pk)
"""
IN_SIGHT = """(button) => {
  const box = button.getBoundingClientRect();
  return box.top >= 0 && box.bottom <= innerHeight && box.height >= 44;
}"""


def test_a_reviewer_reads_and_signs_on_a_phone(site, new_context, sign_in_as):
    pk = site.python(SCENE).strip()
    page = new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, bypass_csp=True
    ).new_page()
    sign_in_as(page, "rita", PASSWORD)
    page.goto(f"/admin/blog/post/{pk}/review/")
    assert page.locator("del").inner_text() == "will" and page.locator("ins").inner_text() == "may"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for scheme in ("light", "dark"):
        themes.show(page, scheme)
        found = Axe().run(page).response["violations"]
        assert [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]] == [], scheme
    approve = page.get_by_role("button", name="Approve these exact words")
    for place in ("0", "document.documentElement.scrollHeight / 2"):
        page.evaluate(f"window.scrollTo(0, {place})")
        assert approve.evaluate(IN_SIGHT), "whatever is read, the button is in sight and large enough for a finger"
    page.get_by_role("link", name="Send back…").tap()
    note = page.get_by_label("What should change?")
    note.scroll_into_view_if_needed()
    assert note.evaluate("(field) => field.getBoundingClientRect().bottom <= innerHeight")
    assert page.get_by_text("It can spread.").count() == 1
    page.get_by_label("Read it again by").select_option("24")
    approve.tap()
    page.get_by_text("is approved, these exact words. It goes live").wait_for()
    years = "one = MedicalReview.objects.get(); print(one.due_on.year - one.reviewed_on.year)"
    assert site.python(f"from blog.models import MedicalReview; {years}").strip() == "2"
    page.goto(f"/admin/blog/post/{pk}/withdraw-review/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    found = Axe().run(page).response["violations"]
    assert [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]] == []
    page.get_by_role("button", name="Withdraw my review").tap()
    page.get_by_text("is withdrawn. Its page no longer names Rita Moss, MD.").wait_for()
