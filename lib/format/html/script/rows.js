const entities = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&amp;': '&' };
const decoded = (text) =>
  text.includes('&') ? text.replace(/&(?:lt|gt|quot|amp);/g, (entity) => entities[entity]) : text;

// A table as it stands in the page for readers without scripts, whose text is all that is read.
class Table {
  constructor(facts, index) {
    this.name = facts.name;
    this.columns = facts.columns;
    this.source = document.querySelector(`noscript[data-table="${index}"]`);
    this.numbers = [];
    this.cells = null;
  }

  rows() {
    if (this.cells) return this.cells;
    const parts = (this.source ? this.source.textContent : '').split('\n<tr>');
    const last = parts.length - 1;
    if (last > 0) parts[last] = parts[last].split('\n', 1)[0];
    this.cells = parts.slice(1).map((row) => row.split('<td>').slice(1));
    this.columns.forEach((column, i) => { if (column.kind === 'time') this.completeTimes(i); });
    return this.cells;
  }

  // A time without its minute continues the one above.
  completeTimes(column) {
    const times = new Float64Array(this.cells.length);
    let minute = '';
    let start = NaN;
    this.cells.forEach((cells, row) => {
      let text = cells[column];
      if (text.startsWith(':')) {
        text = minute + text;
        cells[column] = text;
      } else {
        minute = text.slice(0, text.lastIndexOf(':'));
        start = Date.parse(`${minute.replace(' ', 'T')}:00Z`);
      }
      times[row] = start + 1000 * Number(text.slice(minute.length + 1));
    });
    this.numbers[column] = times;
  }

  text(row, column) { return decoded(this.rows()[row][column]); }

  // NaN of what is not a number.
  column(index) {
    const rows = this.rows();
    if (!this.numbers[index]) {
      this.numbers[index] = Float64Array.from(rows, (cells) => (cells[index] === '' ? NaN : Number(cells[index])));
    }
    return this.numbers[index];
  }
}

const tables = page.tables.map((facts, i) => new Table(facts, i));
