"""A regular loan from the first word at the desk to the proposal, in the browser; others go on from there."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from loans.models import LendingApplication
from tests.journeys.house import NAME
from tests.journeys.person import Person

MEDICAL = "①医療費または介護費の支払等"


def takes_the_application(clerk: Person) -> None:
    """Find the person, choose the fund, and type what is told; the panel beside the form follows every answer."""
    page = clerk.page
    page.goto("/loans/applications/")
    clerk.arrives_at("借入申込み")
    clerk.look("lending-list-empty")
    clerk.follow("新しい申込みを受ける")
    clerk.arrives_at("申込人をさがす")
    page.get_by_label("氏名・カナ・生年月日・電話番号").fill("ヨコヤマ")
    page.locator("main").get_by_role("button", name="さがす").click()
    clerk.reads(NAME)
    clerk.look("lending-find")
    clerk.follow("この方の申込みを受ける")
    clerk.arrives_at("申込みを受ける")
    clerk.look("lending-begin")
    clerk.press("聞き取りを始める")
    clerk.arrives_at("聞き取り")
    types_what_is_told(clerk)


def panel(clerk: Person) -> Locator:
    """What the rules say, beside the form."""
    return clerk.page.get_by_role("complementary").locator("div[hx-post]")


def types_what_is_told(clerk: Person) -> None:
    """An amount that cannot be lent is said at once; a draft outlives a reload."""
    page = clerk.page
    page.get_by_label("借入希望額").fill("100,500")
    page.keyboard.press("Tab")
    expect(panel(clerk)).to_contain_text("RS-01")
    page.get_by_label("借入希望額").fill("100,000")
    page.get_by_label("償還回数").fill("12")
    page.get_by_label("据置月数").fill("2")
    page.get_by_label("使いみち", exact=True).select_option("LIVING")
    page.get_by_role("combobox", name="貸付対象理由").select_option("MEDICAL_OR_CARE")
    page.get_by_label("理由が生じた日").fill("令和8年11月1日")
    page.keyboard.press("Tab")
    expect(panel(clerk)).to_contain_text("請求書")
    expect(panel(clerk)).not_to_contain_text("RS-01「")
    page.get_by_label("居住の状況").select_option("REGISTERED")
    for question in ("生活保護を受給している", "県内に住んでいる"):
        answer = "いいえ" if "保護" in question else "はい"
        page.get_by_role("group", name=question, exact=True).first.get_by_label(answer).check()
    page.get_by_label("減収後の手取り").first.fill("120,000")
    page.keyboard.press("Tab")
    expect(panel(clerk)).to_contain_text("に保存しました。")
    page.wait_for_timeout(600)
    page.reload()
    clerk.arrives_at("聞き取り")
    expect(page.get_by_label("借入希望額")).to_have_value("100,000")
    for title, answer in (("貸付の条件", "はい"), ("ご利用いただけない場合の確認", "いいえ")):
        for group in page.get_by_role("region", name=title).get_by_role("group").all():
            group.get_by_label(answer).check()
    expect(panel(clerk)).to_contain_text("に保存しました。")
    page.wait_for_timeout(600)
    clerk.look("lending-intake")


def walks_the_questions(clerk: Person) -> None:
    """Four answers end in no paper: a steady income, a passing cause, and the way on in sight."""
    clerk.follow("自立相談支援機関の関わりを確かめる")
    clerk.arrives_at("自立相談支援機関の関わり")
    clerk.look("lending-question")
    for answer in ("いいえ", "はい", "はい", "はい"):
        number = clerk.page.get_by_text("質問").inner_text()
        clerk.page.get_by_role("button", name=answer, exact=True).click()
        expect(clerk.page.get_by_text(number, exact=True)).to_have_count(0)
    clerk.reads("確かめる書類は要りません。")
    clerk.look("lending-outcome")
    clerk.follow("聞き取りに戻る")
    clerk.arrives_at("聞き取り")


def lays_the_papers(clerk: Person) -> None:
    """A stale residence record is refused with its rule; a fresh one takes its place on the list."""
    page = clerk.page
    lay(clerk, "residence_record", "令和8年8月1日")
    clerk.reads("RS-17")
    clerk.look("lending-stale-paper")
    lay(clerk, "residence_record", "令和8年11月10日")
    clerk.arrives_at("聞き取り")
    for kind in ("lending_form", "loan_deed", "debit_request", "income_proof", "expense_proof", "bankbook"):
        lay(clerk, kind)
        clerk.arrives_at("聞き取り")
    for kind in ("own_account", "bill"):
        lay(clerk, kind)
        clerk.arrives_at("聞き取り")
    expect(panel(clerk)).not_to_contain_text("足りないもの")
    expect(page.get_by_label("借入希望額")).to_have_value("100,000")


def lay(clerk: Person, kind: str, issued_on: str = "") -> None:
    page = clerk.page
    page.locator("select[name=kind]").select_option(kind)
    page.get_by_label("発行日").fill(issued_on)
    clerk.press("書類を受け取る")
    page.wait_for_load_state()


def takes_it_in(clerk: Person) -> LendingApplication:
    clerk.press("受け付ける")
    clerk.reads("を受け付けました。不備はありません。")
    clerk.look("lending-received")
    return LendingApplication.objects.get()


def draws_it_up(clerk: Person) -> LendingApplication:
    """The proposal: the terms asked for stand there already."""
    clerk.page.get_by_role("link", name="起案する").first.click()
    clerk.arrives_at("起案")
    clerk.look("lending-prepare")
    expect(clerk.page.get_by_label("貸付金額")).to_have_value("100,000")
    clerk.page.get_by_label("理由", exact=False).last.fill("収入は基準額の範囲にあることを給与明細で確かめた")
    clerk.press("起案する")
    clerk.reads("を起案しました。決裁を待ちます。")
    clerk.look("lending-prepared")
    return LendingApplication.objects.get()
