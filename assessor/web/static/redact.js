// Words selected in one's own message become the words to take back.

const said = document.querySelector("[data-own]");
const passage = document.getElementById("passage");

function take() {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed) return;
  if (!said.contains(selection.anchorNode) || !said.contains(selection.focusNode)) return;
  const words = selection.toString().trim();
  if (!words) return;
  passage.value = words;
  document.getElementById("only").checked = true;
}

if (said && passage) {
  for (const hint of document.querySelectorAll("[data-with-script]")) hint.hidden = false;
  document.addEventListener("pointerup", take);
  document.addEventListener("keyup", (event) => {
    if (event.key === "Shift" || event.key.startsWith("Arrow")) take();
  });
}
