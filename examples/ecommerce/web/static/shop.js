// What scripts add to pages that work without them: quantities are sent when they change, and a form only once.
"use strict";
for (const field of document.querySelectorAll("[data-send]")) {
  field.addEventListener("change", () => field.form.requestSubmit());
}
for (const form of document.querySelectorAll("[data-once]")) {
  form.addEventListener("submit", () => { form.querySelector("button").disabled = true; });
}
