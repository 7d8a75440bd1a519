const numeric = new Set(['duration', 'bytes', 'percent', 'rate', 'bytesrate', 'int', 'float', 'status']);

// `p50=1.25 p99=8` as pairs; nothing where a cell holds something else.
function quantilesOf(text) {
  const pairs = text.split(' ').map((part) => part.split('='));
  if (!pairs.every(([name, value]) => /^p[\d.]+$/.test(name) && Number.isFinite(Number(value)) && value !== '')) return null;
  return pairs.map(([name, value]) => [Number(name.slice(1)), Number(value)]).sort((a, b) => a[0] - b[0]);
}

function nearest(quantiles, share) {
  return quantiles.reduce((best, each) => (Math.abs(each[0] - share) < Math.abs(best[0] - share) ? each : best))[1];
}

function cellText(column, table, row, index) {
  const text = table.text(row, index);
  if (!numeric.has(column.kind) || column.kind === 'status' || text === '') return text;
  if (column.kind === 'int') return text;
  return write(column.kind, table.column(index)[row]);
}

function stateOf(text) {
  const word = text.split(/[:\s]/, 1)[0].toLowerCase();
  if (/^(running|ready|healthy|succeeded|completed|true|ok)$/.test(word)) return 'ok';
  if (/^(pending|waiting|unknown|terminated|terminating)$/.test(word)) return 'warn';
  return word === '' ? '' : 'bad';
}

function severity(column, table, row, index) {
  if (column.kind === 'status') {
    const status = table.column(index)[row];
    return status >= 500 ? 'bad' : status >= 400 ? 'warn' : '';
  }
  if (column.kind === 'state') return stateOf(table.text(row, index));
  if (column.bad === undefined) return '';
  const value = table.column(index)[row];
  return value > column.bad ? 'bad' : value > column.warn ? 'warn' : '';
}

function svgIn(parent, width, height, className) {
  return d3.select(parent).append('svg').attr('width', width).attr('height', height).attr('class', className || null);
}

function drawMiniBox(cell, quantiles, most, unit) {
  const x = d3.scaleLinear([0, most || 1], [1, 119]);
  const at = (share) => x(nearest(quantiles, share));
  const svg = svgIn(cell, 120, 16, 'mini');
  svg.append('line').attr('class', 'whisker').attr('x1', x(quantiles[0][1])).attr('x2', x(quantiles[quantiles.length - 1][1])).attr('y1', 8).attr('y2', 8);
  svg.append('rect').attr('class', 'box mark').attr('x', at(25)).attr('width', Math.max(2, at(75) - at(25))).attr('y', 3).attr('height', 10);
  svg.append('line').attr('class', 'middle').attr('x1', at(50)).attr('x2', at(50)).attr('y1', 2).attr('y2', 14);
  cell.append(quantiles.filter(([share]) => share === 50 || share === 99).map(([share, value]) => `p${share} ${write(unit, value)}`).join(' · '));
}

function fillCell(cell, column, table, row, index, most) {
  const text = cellText(column, table, row, index);
  const severe = severity(column, table, row, index);
  if (severe && column.kind !== 'state') cell.classList.add(severe);
  if (column.kind === 'state') {
    make(cell, 'span', `dot ${severe}`);
    cell.append(` ${text}`);
  } else if (column.kind === 'quantiles' || column.kind === 'durationquantiles') {
    const quantiles = quantilesOf(text);
    if (quantiles) drawMiniBox(cell, quantiles, most, column.kind === 'quantiles' ? '' : 'duration');
    else cell.textContent = text;
  } else if (column.kind === 'script' && text.includes(' → ')) {
    const at = text.lastIndexOf(' → ');
    cell.append(text.slice(0, at));
    make(cell, 'span', 'muted', text.slice(at));
  } else {
    cell.textContent = text.length > 300 ? `${text.slice(0, 300)}…` : text;
  }
}

class TableView {
  constructor(widget, table, body, tools, count) {
    Object.assign(this, { table, count, gutter: widget.data.gutter });
    this.columns = table.columns.map((column, i) => ({ ...column, i })).filter(({ i }) => i !== this.gutter);
    this.order = d3.range(table.rows().length);
    this.limit = 0;
    this.scroll = make(body, 'div', 'scroll');
    this.scroll.tabIndex = 0;
    this.element = make(this.scroll, 'table');
    this.makeHead();
    this.body = make(this.element, 'tbody');
    this.scroll.addEventListener('scroll', () => requestAnimationFrame(() => this.draw()));
    if (this.order.length > 10) this.addFilter(tools);
    this.arrange();
  }

  widthOf(column) {
    let longest = column.name.length + (column.unit ? column.unit.length + 1 : 0) + 2;
    const rows = Math.min(200, this.order.length);
    for (let row = 0; row < rows; ++row) {
      longest = Math.max(longest, cellText(column, this.table, row, column.i).length);
    }
    if (column.kind.endsWith('quantiles')) return 330;
    return Math.min(380, Math.max(64, longest * 7.4 + 22));
  }

  makeHead() {
    const group = make(this.element, 'colgroup');
    const row = make(make(this.element, 'thead'), 'tr');
    if (this.gutter !== null) {
      make(group, 'col').style.width = '30px';
      make(row, 'th');
    }
    this.heads = this.columns.map((column) => {
      column.col = make(group, 'col');
      column.width = this.widthOf(column);
      const head = make(row, 'th', numeric.has(column.kind) ? 'num' : '');
      const button = make(head, 'button', '', column.name);
      if (column.kind === 'time' && column.unit) make(button, 'small', '', ` ${column.unit}`);
      button.title = column.description || column.name;
      button.addEventListener('click', () => this.sortBy(column));
      return head;
    });
  }

  fit() {
    const room = this.scroll.clientWidth - (this.gutter === null ? 0 : 30);
    const wanted = d3.sum(this.columns, (column) => column.width);
    const more = Math.max(1, room / wanted);
    for (const column of this.columns) column.col.style.width = `${Math.floor(column.width * more)}px`;
    this.element.style.width = `${Math.floor(wanted * more) + (this.gutter === null ? 0 : 30)}px`;
  }

  addFilter(tools) {
    const input = make(tools, 'input');
    input.type = 'search';
    input.placeholder = 'Filter';
    input.setAttribute('aria-label', 'Show rows that contain');
    input.addEventListener('input', () => {
      this.filter = input.value.toLowerCase();
      this.arrange();
    });
  }

  sortBy(column) {
    this.descending = this.sorted === column ? !this.descending : numeric.has(column.kind) || column.kind === 'time';
    this.sorted = column;
    this.heads.forEach((head, i) => {
      if (this.columns[i] === column) head.setAttribute('aria-sort', this.descending ? 'descending' : 'ascending');
      else head.removeAttribute('aria-sort');
    });
    this.arrange();
  }

  keyOf(column) {
    if (numeric.has(column.kind) || column.kind === 'time') {
      const numbers = this.table.column(column.i);
      return (row) => numbers[row];
    }
    if (column.kind.endsWith('quantiles')) {
      return (row) => {
        const quantiles = quantilesOf(this.table.text(row, column.i));
        return quantiles ? nearest(quantiles, 50) : NaN;
      };
    }
    return (row) => this.table.text(row, column.i);
  }

  arrange() {
    const cells = this.table.rows();
    this.order = d3.range(cells.length);
    if (this.filter) {
      this.order = this.order.filter((row) => this.columns.some(({ i }) => decoded(cells[row][i]).toLowerCase().includes(this.filter)));
    }
    if (this.sorted) {
      const key = this.keyOf(this.sorted);
      const compare = this.descending ? d3.descending : d3.ascending;
      // Values that cannot be compared stand at the end.
      this.order.sort((a, b) => {
        const x = key(a), y = key(b);
        return (x !== x) - (y !== y) || compare(x, y) || a - b;
      });
    }
    const some = this.order.length === cells.length ? '' : `${d3.format(',')(this.order.length)} of `;
    this.count.textContent = `${some}${d3.format(',')(cells.length)} ${cells.length === 1 ? 'row' : 'rows'}`;
    this.drawn = null;
    this.draw();
  }

  mostOf(column) {
    if (column.most === undefined) {
      column.most = d3.max(this.table.rows(), (cells) => {
        const quantiles = quantilesOf(decoded(cells[column.i]));
        return quantiles ? quantiles[quantiles.length - 1][1] : 0;
      });
    }
    return column.most;
  }

  // Only the rows in sight exist in the document.
  draw() {
    this.fit();
    const inSight = Math.ceil((this.scroll.clientHeight || 300) / rowHeight);
    const first = this.limit ? 0 : Math.max(0, Math.min(Math.floor(this.scroll.scrollTop / rowHeight) - 10, this.order.length - inSight));
    const last = Math.min(this.order.length, this.limit || first + inSight + 20);
    if (this.drawn && this.drawn[0] === first && this.drawn[1] === last) return;
    this.drawn = [first, last];
    this.body.replaceChildren();
    this.addSpacer(first);
    for (const row of this.order.slice(first, last)) this.addRow(row);
    this.addSpacer(this.limit ? 0 : this.order.length - last);
  }

  addSpacer(rows) {
    if (rows === 0) return;
    const cell = make(make(this.body, 'tr', 'spacer'), 'td');
    cell.colSpan = this.columns.length + 1;
    cell.style.height = `${rows * rowHeight}px`;
  }

  addRow(row) {
    const line = make(this.body, 'tr', 'mark');
    if (this.gutter !== null) {
      const text = this.table.text(row, this.gutter);
      const dot = make(make(line, 'td'), 'span', `dot ${stateOf(text)}`);
      dot.title = text;
      dot.setAttribute('aria-label', text);
    }
    for (const column of this.columns) {
      const cell = make(line, 'td', numeric.has(column.kind) ? 'num' : '');
      fillCell(cell, column, this.table, row, column.i, column.kind.endsWith('quantiles') ? this.mostOf(column) : 0);
    }
    line.addEventListener('click', () => showRow(this.table, row));
  }

  print(printing) {
    this.limit = printing ? 500 : 0;
    if (printing && this.order.length > 500) this.count.textContent += ', the first 500 of them here';
    this.drawn = null;
    if (printing) this.draw();
    else this.arrange();
  }
}
