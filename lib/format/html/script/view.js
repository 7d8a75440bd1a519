class View {
  constructor(widget, table, body) {
    Object.assign(this, { widget, data: widget.data, table, body });
  }

  // Where the axes leave room for the marks.
  frame(margin) {
    this.body.querySelector('svg.chart')?.remove();
    const width = Math.max(120, this.body.clientWidth);
    const height = Math.max(80, this.body.clientHeight - (this.legend ? this.legend.offsetHeight : 0));
    const chart = d3.create('svg').attr('class', 'chart').attr('width', width).attr('height', height).attr('role', 'img').attr('aria-label', this.widget.title);
    this.body.prepend(chart.node());
    this.width = width - margin.left - margin.right;
    this.height = height - margin.top - margin.bottom;
    return chart.append('g').attr('transform', `translate(${margin.left},${margin.top})`);
  }

  // Values from below to above, with lines across.
  addHeights(plot, axis, least, most) {
    const y = linear(axis.unit, least, most, [this.height, 0], Math.max(2, Math.floor(this.height / 36)));
    plot.append('g').attr('class', 'gridlines').call(d3.axisLeft(y).tickSize(-this.width).tickFormat(''));
    plot.append('g').attr('class', 'axis').call(d3.axisLeft(y).tickFormat((value) => writeTick(axis.unit, value)));
    if (axis.label) plot.append('text').attr('x', -50).attr('y', -11).text(axis.label);
    return y;
  }

  // Values from left to right.
  addWidths(plot, axis, least, most) {
    const x = linear(axis.unit, least, most, [0, this.width], Math.max(2, Math.floor(this.width / 80)));
    const place = `translate(0,${this.height})`;
    plot.append('g').attr('class', 'gridlines').attr('transform', place).call(d3.axisBottom(x).tickSize(-this.height).tickFormat(''));
    plot.append('g').attr('class', 'axis').attr('transform', place).call(d3.axisBottom(x).tickFormat((value) => writeTick(axis.unit, value)));
    return x;
  }

  // Names from above to below; where they would touch, some are left out.
  addNames(plot, keys, nameOf, padding) {
    const y = d3.scaleBand(keys, [0, this.height]).padding(padding);
    const each = Math.ceil(12 / Math.max(1, y.step()));
    plot.append('g').attr('class', 'axis').call(d3.axisLeft(y).tickValues(keys.filter((key, i) => i % each === 0)).tickFormat((key) => cut(nameOf(key), 34)));
    return y;
  }

  roomFor(names) {
    return Math.min(240, 20 + 6.4 * d3.max(names, (name) => Math.min(34, name.length)));
  }

  empty(text) {
    this.body.replaceChildren();
    make(this.body, 'div', 'empty', text);
  }
}
