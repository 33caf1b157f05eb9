/*
 * Where the focus goes.
 *
 * On arrival: to the error summary, if the page has one.
 * After htmx has exchanged a part: to what the new part asks for, else to the element of the same id, else to the part
 * itself; never to the top of the page without a word.
 *
 *   <… data-focus-after-swap>      takes the focus when it arrives (add tabindex="-1" to what is not a control)
 *   <… data-announce="words">      has these words read out when it arrives
 *
 * When a request fails, #failure says what that means for what was being done, and what to do.
 */
(() => {
  "use strict";

  const SUMMARY = "[data-error-summary]";

  const announce = (words) => {
    const place = document.getElementById("announcer");
    if (!place) return;
    place.textContent = "";
    // A change in a later task is read out even if the words are the same as last time.
    setTimeout(() => (place.textContent = words), 50);
  };

  const take = (element) => {
    if (!element.matches("a[href], button, input, select, textarea, summary, [tabindex]")) element.tabIndex = -1;
    element.focus();
  };

  const summary = document.querySelector(SUMMARY);
  if (summary) take(summary);

  let before = null;

  document.addEventListener("htmx:beforeSwap", () => {
    before = document.activeElement;
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    const part = event.detail.elt;
    const find = (selector) => (part.matches?.(selector) ? part : part.querySelector?.(selector));

    const spoken = find("[data-announce]");
    if (spoken) announce(spoken.dataset.announce);

    const wanted = find(SUMMARY) ?? find("[data-focus-after-swap]");
    if (wanted) {
      take(wanted);
      return;
    }
    const lost = before && before !== document.body && !before.isConnected && document.activeElement === document.body;
    if (!lost) return;
    const successor = before.id && document.getElementById(before.id);
    take(successor || (part.isConnected ? part : document.getElementById("main")));
  });

  /* A failed request: what was asked for decides the words, and only a later success of the same sort takes them away. */

  const isReading = (event) => event.detail.requestConfig?.verb === "get";
  let failedReading = null;

  const fail = (event, words) => {
    const bar = document.getElementById("failure");
    if (!bar) return;
    failedReading = isReading(event);
    bar.querySelector("[data-failure-words]").textContent = words;
    bar.hidden = false;
  };

  const NOT_SAVED = "何も保存されていません。";

  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    const saved = isReading(event) ? "" : NOT_SAVED;
    if (status === 403) fail(event, `${saved}権限がないか、画面の有効期限が切れています。画面を読み込み直してください。`);
    else if (status === 404) fail(event, `${saved}対象が見つかりません。画面を読み込み直してください。`);
    else if (isReading(event)) fail(event, "表示を更新できませんでした。しばらくしてから画面を読み込み直してください。");
    else fail(event, `処理できませんでした。${saved}もう一度お試しください。`);
  });

  // Without an answer nobody knows whether the server acted: say that, not that nothing happened.
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => {
      if (isReading(event)) fail(event, "サーバーにつながりません。表示は最新ではありません。");
      else fail(event, "サーバーから返事がありません。保存されたかどうか、画面を読み込み直して確かめてください。");
    });
  }

  document.addEventListener("htmx:afterRequest", (event) => {
    const bar = document.getElementById("failure");
    if (bar && !bar.hidden && event.detail.successful && isReading(event) === failedReading) bar.hidden = true;
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close-failure]")) document.getElementById("failure").hidden = true;
  });
})();
