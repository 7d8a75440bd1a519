const tip = make(document.body, 'div', 'tip');
tip.hidden = true;

function showTip(event, title, facts) {
  tip.replaceChildren();
  if (title) make(tip, 'b', '', title);
  const table = make(tip, 'table');
  for (const [name, value, color] of facts) {
    const row = make(table, 'tr');
    const cell = make(row, 'td');
    if (color) make(cell, 'i').style.background = color;
    cell.append(name);
    make(row, 'td', '', value);
  }
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  const beside = event.clientX + 16 + box.width > window.innerWidth;
  const left = beside ? event.clientX - 16 - box.width : event.clientX + 16;
  const top = Math.min(event.clientY + 12, window.innerHeight - box.height - 4);
  tip.style.left = `${Math.max(4, left)}px`;
  tip.style.top = `${Math.max(4, top)}px`;
}

const hideTip = () => { tip.hidden = true; };

const detail = make(document.body, 'dialog');
detail.addEventListener('click', (event) => { if (event.target === detail) detail.close(); });

function readable(text) {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch (error) {
    return text;
  }
}

function showRow(table, row) {
  detail.replaceChildren();
  const close = make(detail, 'button', '', 'Close');
  close.addEventListener('click', () => detail.close());
  const list = make(detail, 'dl');
  table.columns.forEach((column, i) => {
    make(list, 'dt', '', column.name);
    make(make(list, 'dd'), 'pre', '', readable(cellText(column, table, row, i)));
  });
  detail.showModal();
}
