"""What a browser makes of the site as a whole: it loads, signs in, and asks nobody else."""

import re

from playwright.sync_api import expect


def test_the_blog_answers_before_anything_is_written(page):
    answer = page.goto("/")
    assert answer.status == 200
    assert page.url.endswith("/blog/")
    expect(page.locator("h1")).to_be_visible()


def test_staff_sign_in_and_reach_the_new_post_form(staff_page):
    answer = staff_page.goto("/admin/blog/post/add/")
    assert answer.status == 200
    expect(staff_page.get_by_label(re.compile("title", re.I)).first).to_be_visible()


def test_a_wrong_password_signs_nobody_in(page, site):
    page.goto("/admin/login/")
    page.locator("input[name=username]").fill(site.username)
    page.locator("input[name=password]").fill("something else")
    page.locator("form button[type=submit], form input[type=submit]").first.click()
    expect(page.locator("input[name=password]")).to_be_visible()
    assert "/login/" in page.url


def test_a_page_that_is_not_there_says_so(page, expected_complaints):
    expected_complaints.append("404")
    assert page.goto("/blog/nothing-here/").status == 404
    expect(page.locator("h1")).to_be_visible()
