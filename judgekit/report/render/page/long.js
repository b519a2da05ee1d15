// A table of the class "long" shows its first rows (the style folds the rest) until all of them are asked for.
(() => {
  for (const table of document.querySelectorAll("table.long")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "more";
    button.textContent = `Show all ${(table.rows.length - 1).toLocaleString("en")} rows`;
    button.addEventListener("click", () => {
      table.classList.remove("long");
      button.remove();
    });
    table.closest(".scroll").after(button);
  }
})();
