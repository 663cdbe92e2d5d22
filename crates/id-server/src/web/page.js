// Makes the page quicker to use: answers while typing, copying, keys, zooming. Without it every link and the form work too.
"use strict";
(() => {
  const box = document.getElementById("q");
  const answer = document.getElementById("answer");
  const form = box.form;
  let asked = 0;
  let timer = 0;

  const dress = () => {
    for (const button of answer.querySelectorAll("button[data-copy]")) button.hidden = false;
  };

  // Puts the answer to an address into the page; the last question wins.
  const show = async (address, how) => {
    const mine = ++asked;
    answer.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(address, { headers: { "x-part": "1" } });
      if (!response.ok) throw new Error(`the server answered ${response.status}`);
      const text = await response.text();
      if (mine !== asked) return;
      answer.innerHTML = text;
      dress();
      if (how === "push") history.pushState(null, "", address);
      if (how === "replace") history.replaceState(null, "", address);
      document.title = box.value ? `${box.value.slice(0, 60)} \u00b7 Unified ID` : "Unified ID";
    } catch (error) {
      if (mine !== asked) return;
      const card = document.createElement("section");
      card.className = "card bad";
      card.setAttribute("role", "alert");
      card.textContent = `No answer: ${error.message}. Is the server running? Press Enter to try again.`;
      answer.replaceChildren(card);
    } finally {
      if (mine === asked) answer.setAttribute("aria-busy", "false");
    }
  };

  const addressOf = (text) => {
    const trimmed = text.trim();
    return trimmed === "" ? "/" : `/?q=${encodeURIComponent(trimmed)}`;
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    show(addressOf(box.value), "push");
  });
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => show(addressOf(box.value), "replace"), 120);
  });

  const copy = async (button) => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = "Copied";
      button.classList.add("done");
    } catch {
      button.textContent = "Press Ctrl+C";
      const range = document.createRange();
      range.selectNodeContents(button.previousElementSibling ?? button);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
    }
    setTimeout(() => {
      button.textContent = "Copy";
      button.classList.remove("done");
    }, 1500);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-copy]");
    if (button) return copy(button);
    const link = event.target.closest("#answer a[href^='/id/']");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return undefined;
    event.preventDefault();
    const address = new URL(link.getAttribute("href"), location.href);
    box.value = decodeURIComponent(address.pathname.slice("/id/".length));
    return show(address.pathname + address.search, "push");
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isTyping = event.target === box;
    if (event.key === "/" && !isTyping) {
      event.preventDefault();
      box.focus();
      box.select();
    } else if (event.key === "Escape") {
      box.value = "";
      box.focus();
      show("/", "push");
    } else if (!isTyping && (event.key === "+" || event.key === "=")) {
      document.getElementById("zoom-in")?.click();
    } else if (!isTyping && event.key === "-") {
      document.getElementById("zoom-out")?.click();
    } else if (!isTyping && event.key === "c") {
      const button = answer.querySelector("button[data-copy]");
      if (button && getSelection().isCollapsed) copy(button);
    }
  });

  // Turning the wheel over the timeline with Ctrl zooms; without it the page scrolls, as everywhere.
  let turned = 0;
  answer.addEventListener("wheel", (event) => {
    if (!event.ctrlKey || !event.target.closest(".timeline")) return;
    event.preventDefault();
    if (event.timeStamp - turned < 250) return;
    turned = event.timeStamp;
    document.getElementById(event.deltaY < 0 ? "zoom-in" : "zoom-out")?.click();
  }, { passive: false });

  window.addEventListener("popstate", () => {
    const address = new URL(location.href);
    box.value = address.pathname.startsWith("/id/")
      ? decodeURIComponent(address.pathname.slice("/id/".length))
      : address.searchParams.get("q") ?? "";
    show(address.pathname + address.search, "none");
  });

  dress();
  document.documentElement.dataset.script = "ready";
})();
