// The terminal has the keys from the first letter on; a window whose console ended says so, and opens anew by one key.
"use strict";

window.addEventListener("load", () => {
  const body = document.body;
  const take = () => document.querySelector(".xterm-helper-textarea")?.focus();
  const isOpen = () => body.classList.contains("-first-byte") && !body.classList.contains("-closed");
  const watch = new MutationObserver(() => {
    if (body.classList.contains("-closed")) {
      document.querySelector(".over button").focus();
    } else if (isOpen()) {
      take();
    }
  });
  watch.observe(body, { attributes: true, attributeFilter: ["class"] });
  document.querySelector(".over button").addEventListener("click", () => window.location.reload());
  window.addEventListener("focus", () => isOpen() && take());
});
