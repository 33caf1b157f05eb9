/*
 * Small helps around forms; every form works without them.
 *
 *   <form data-warn-unsaved>            asks before leaving the page with changes in it
 *   <form method="post">                is sent once: a second press while it is under way does nothing
 *   <form data-allow-resubmit>          except this one (its answer is a file, so that the page stays)
 *   <output data-count-for="id" data-limit="400">    characters left in that field
 *   <input type="checkbox" data-choose-all="ids">    chooses all boxes of this name on the page
 *   <output data-chosen-count="ids">                 how many of them are chosen
 *   <… data-when-chosen="ids" hidden>                shown while at least one of them is
 *   <… data-when-all-chosen="ids" hidden>            shown while all of them are
 */
(() => {
  "use strict";

  const dirty = new WeakSet();
  const isPost = (form) => form.getAttribute("method")?.toLowerCase() === "post" && !form.matches("[hx-post]");

  /* Unsaved changes */

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.matches("[data-warn-unsaved]")) dirty.add(form);
  });

  window.addEventListener("beforeunload", (event) => {
    if ([...document.forms].some((form) => dirty.has(form))) event.preventDefault();
  });

  /* Sent once. The button keeps its place, its focus and its words; it only stops acting. */

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    dirty.delete(form);
    if (event.defaultPrevented || !isPost(form) || form.matches("[data-allow-resubmit]")) return;
    form.dataset.sending = "true";
    event.submitter?.setAttribute("aria-disabled", "true");
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("form");
    if (form && event.detail.successful) dirty.delete(form);
  });

  // The page came back out of the browser's memory: it may be sent again.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("form[data-sending]")) {
      delete form.dataset.sending;
      form.querySelectorAll("[aria-disabled=true]").forEach((button) => button.removeAttribute("aria-disabled"));
    }
  });

  /* Characters left, counted as the server counts them: 𠮷 is one. */

  const count = (output) => {
    const field = document.getElementById(output.dataset.countFor);
    if (!field) return;
    const left = Number(output.dataset.limit) - [...field.value].length;
    output.textContent = left >= 0 ? `あと${left}字` : `${-left}字多すぎます`;
    output.toggleAttribute("data-over", left < 0);
  };

  document.addEventListener("input", (event) => {
    for (const output of document.querySelectorAll("[data-count-for]")) {
      if (output.dataset.countFor === event.target.id) count(output);
    }
  });

  /* Choosing rows */

  const boxes = (name) => [...document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(name)}"]`)];

  const showChoice = (name) => {
    const all = boxes(name);
    const chosen = all.filter((box) => box.checked).length;
    const quoted = CSS.escape(name);
    for (const head of document.querySelectorAll(`[data-choose-all="${quoted}"]`)) {
      head.checked = all.length > 0 && chosen === all.length;
      head.indeterminate = chosen > 0 && chosen < all.length;
    }
    for (const output of document.querySelectorAll(`[data-chosen-count="${quoted}"]`)) output.textContent = `${chosen}件`;
    for (const part of document.querySelectorAll(`[data-when-chosen="${quoted}"]`)) part.hidden = chosen === 0;
    for (const part of document.querySelectorAll(`[data-when-all-chosen="${quoted}"]`)) {
      part.hidden = all.length === 0 || chosen < all.length;
    }
  };

  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.dataset.chooseAll) {
      for (const each of boxes(box.dataset.chooseAll)) each.checked = box.checked;
      showChoice(box.dataset.chooseAll);
    } else if (box.type === "checkbox" && document.querySelector(`[data-choose-all="${CSS.escape(box.name)}"]`)) {
      showChoice(box.name);
    }
  });

  const arrive = (root) => {
    root.querySelectorAll("[data-count-for]").forEach(count);
    root.querySelectorAll("[data-choose-all]").forEach((head) => showChoice(head.dataset.chooseAll));
  };

  arrive(document);
  document.addEventListener("htmx:load", (event) => arrive(event.detail.elt));
})();
