// Draws the widgets of a page from the rows that are in it. Rows are data: they reach the document
// as text only, and nothing of them is ever read as markup, script or style.
'use strict';

const root = document.documentElement;
root.classList.add('js');
const page = JSON.parse(document.getElementById('page').textContent);
const main = document.getElementById('grid');
const colors = d3.range(10).map((i) => `var(--c${i})`);
const rowHeight = 28;

function make(parent, tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  if (parent) parent.append(element);
  return element;
}
