/*
 * Dropping files on a file field, and saying what was chosen before it is sent:
 *
 *   <input type="file" multiple data-drop="ここにファイルを置けます">
 *
 * Without this script the field is the browser's own and does the same.
 */
(() => {
  "use strict";

  const LARGEST = 20 * 1024 * 1024;

  const size = (bytes) =>
    bytes >= 1024 * 1024 ? `${(bytes / 1024 / 1024).toFixed(1)}MB` : `${Math.max(1, Math.round(bytes / 1024))}KB`;

  const show = (field, list) => {
    list.replaceChildren(
      ...[...field.files].map((file, index) => {
        const line = document.createElement("p");
        const tooLarge = file.size > LARGEST ? "　大きすぎます（20MBまで）" : "";
        line.textContent = `${index + 1}件目　${file.name}（${size(file.size)}）${tooLarge}`;
        return line;
      }),
    );
  };

  const arrive = (root) => {
    for (const field of root.querySelectorAll("input[type=file][data-drop]")) {
      if (field.closest(".drop")) continue;
      const zone = document.createElement("div");
      zone.className = "drop";
      const words = document.createElement("p");
      words.className = "small muted";
      words.textContent = field.dataset.drop;
      const list = document.createElement("div");
      list.className = "drop__files small";
      list.setAttribute("role", "status");
      field.replaceWith(zone);
      zone.append(field, words, list);
      field.addEventListener("change", () => show(field, list));
      zone.addEventListener("dragover", (event) => {
        event.preventDefault();
        zone.toggleAttribute("data-over", true);
      });
      zone.addEventListener("dragleave", () => zone.removeAttribute("data-over"));
      zone.addEventListener("drop", (event) => {
        event.preventDefault();
        zone.removeAttribute("data-over");
        if (!event.dataTransfer.files.length) return;
        field.files = event.dataTransfer.files;
        field.dispatchEvent(new Event("change", { bubbles: true }));
      });
    }
  };

  arrive(document);
  document.addEventListener("htmx:load", (event) => arrive(event.detail.elt));
})();
