/*
 * The keys of a page, declared where they act:
 *
 *   <a href="…" data-key="j">次の申請</a>          pressing j follows the link
 *   <button data-key="a">承認する</button>         pressing a clicks the button
 *   <input data-key="/">                          pressing / puts the cursor in it
 *
 * The words in the list of keys (press ?) are data-key-label, or else the words of the element itself.
 *
 * A key never acts while somebody types, while an input method is composing, together with Ctrl, Alt or the
 * command key, while it is held down, or behind an open dialog. People who dictate or whose hands press keys
 * unmeant can switch keys off in the list; the choice stays in this browser.
 */
(() => {
  "use strict";

  const SWITCH = "tsunagi.keys";
  const NAMES = { Enter: "Enter", Escape: "Esc", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" };

  const remembered = () => {
    try {
      return localStorage.getItem(SWITCH);
    } catch {
      return null; // storage closed by policy: keys simply stay on
    }
  };
  let on = remembered() !== "off";

  const remember = () => {
    try {
      localStorage.setItem(SWITCH, on ? "on" : "off");
    } catch {
      // not kept beyond this page
    }
  };

  const isTyping = (element) =>
    element instanceof HTMLElement &&
    (element.isContentEditable ||
      element.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])"));

  const isPressable = (element) =>
    element.getClientRects().length > 0 && !element.matches(":disabled, [aria-disabled=true]");

  const openDialog = () => document.querySelector("dialog:modal");

  /** The element a key belongs to now: inside the open dialog if there is one, visible, and not disabled. */
  const ownerOf = (key) =>
    [...(openDialog() ?? document).querySelectorAll("[data-key]")].find(
      (element) => element.dataset.key === key && isPressable(element),
    );

  /** One letter however it was typed: full width (IME on) and caps lock included. */
  const keyOf = (event) => {
    const key = event.key.normalize("NFKC");
    return key.length === 1 && !event.shiftKey ? key.toLowerCase() : key;
  };

  const labelOf = (element) => {
    if (element.dataset.keyLabel) return element.dataset.keyLabel;
    if (element.ariaLabel) return element.ariaLabel;
    if (element.labels?.length) return element.labels[0].textContent.trim();
    const copy = element.cloneNode(true);
    copy.querySelectorAll("kbd, svg").forEach((part) => part.remove());
    return copy.textContent.replace(/\s+/g, " ").trim();
  };

  /** Fills the list of keys from what is on the page at this moment, and opens it. */
  const showKeys = () => {
    const dialog = document.getElementById("keys-dialog");
    if (!dialog || dialog.open) return;
    const rows = [...document.querySelectorAll("[data-key]")].filter(isPressable).map((element) => {
      const term = document.createElement("dt");
      const cap = document.createElement("kbd");
      cap.textContent = NAMES[element.dataset.key] ?? element.dataset.key;
      term.append(cap);
      const words = document.createElement("dd");
      words.textContent = labelOf(element);
      return [term, words];
    });
    dialog.querySelector("[data-key-list]").replaceChildren(...rows.flat());
    dialog.querySelector("[data-keys-switch]").checked = on;
    dialog.showModal();
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.keyCode === 229 || event.repeat) return;
    if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
    if (!on) return;
    const key = keyOf(event);
    const owner = ownerOf(key);
    if (owner) {
      // Enter on a link or button means that link or button, never the page's key.
      if (key === "Enter" && event.target.closest("a, button, summary")) return;
      event.preventDefault();
      if (isTyping(owner)) {
        owner.focus();
        owner.select?.();
      } else {
        owner.focus();
        owner.click();
      }
    } else if (key === "?" && !openDialog()) {
      event.preventDefault();
      showKeys();
    }
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-show-keys]")) showKeys();
  });

  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-keys-switch]")) return;
    on = event.target.checked;
    remember();
    announceKeys(document);
  });

  /** Tells assistive technology which element has which key. */
  const announceKeys = (root) => {
    for (const element of root.querySelectorAll("[data-key]")) {
      if (on) element.setAttribute("aria-keyshortcuts", element.dataset.key);
      else element.removeAttribute("aria-keyshortcuts");
    }
  };

  announceKeys(document);
  document.addEventListener("htmx:load", (event) => announceKeys(event.detail.elt));
})();
