// Comfort only: every page works without this file.
"use strict";

// A form is sent once, however often its button is pressed, and says that it is on its way.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  const question = event.submitter && event.submitter.dataset.confirm;
  if (question && !window.confirm(question)) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
});

// Coming back through the browser's history, a form may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.forms) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  }
});

// A file that is too large is told before it is sent.
document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.type !== "file" || !field.dataset.largest) return;
  const large = [...field.files].some((file) => file.size > Number(field.dataset.largest));
  field.setCustomValidity(large ? "文件过大" : "");
});

// What faults there are comes into view, with the cursor in the first field that has one.
const faulty = document.querySelector("[aria-invalid=true]");
if (faulty) faulty.focus();

// What is under way is asked for again every few seconds; when it is done, the page has something new to say.
for (const place of document.querySelectorAll("[data-poll]")) {
  const timer = setInterval(async () => {
    if (document.hidden) return;
    const answer = await fetch(place.dataset.poll, { redirect: "manual" }).catch(() => null);
    if (answer && answer.status === 200) {
      place.innerHTML = await answer.text();
    } else if (answer && answer.status === 204) {
      clearInterval(timer);
      location.reload();
    }
  }, 3000);
}
