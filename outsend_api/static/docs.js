// The Copy menu puts a text of this server on the clipboard. Where that can't be done, its entries are plain links.
"use strict";

const SHOWN_MILLISECONDS = 4000;
const menu = document.querySelector(".copy");
const told = document.querySelector(".told");

async function read(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.text();
}

async function copy(address) {
  const text = read(address);
  // Written while the click still counts as one: Safari refuses what comes after the answer.
  const blob = text.then((written) => new Blob([written], { type: "text/plain" }));
  await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
  return (await text).length;
}

function tell(text) {
  told.textContent = text;
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => { told.textContent = ""; }, SHOWN_MILLISECONDS);
}

async function onChoice(event) {
  const link = event.target.closest("a");
  if (link === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  menu.open = false;
  menu.querySelector("summary").focus();
  try {
    tell(`Copied: ${(await copy(link.href)).toLocaleString("en")} characters`);
  } catch {
    location.assign(link.href);
  }
}

if (menu !== null && navigator.clipboard && window.ClipboardItem) {
  menu.addEventListener("click", onChoice);
}
if (menu !== null) {
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}

// The list of pages begins where the reader is.
const current = document.querySelector(".pages [aria-current]");
if (current !== null) {
  const pages = current.closest(".pages");
  pages.scrollTop = current.offsetTop - pages.clientHeight / 2;
}
