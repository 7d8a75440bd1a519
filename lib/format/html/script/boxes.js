class BoxesView extends View {
  draw() {
    const { boxes, value } = this.data;
    if (boxes.length === 0) return this.empty('No values');
    const several = new Set(boxes.map((box) => box.column)).size > 1;
    const name = (box) => (several ? `${box.label} ${box.column}` : box.label) || '(none)';
    const plot = this.frame({ left: this.roomFor(boxes.map(name)), right: 30, top: 6, bottom: 22 });
    const x = this.addWidths(plot, value, Math.min(0, d3.min(boxes, (box) => box.values[0])), d3.max(boxes, (box) => box.values[4]) || 1);
    const y = this.addNames(plot, d3.range(boxes.length), (i) => name(boxes[i]), 0.3);
    const rows = plot.selectAll('.mark').data(boxes).enter().append('g').attr('class', 'mark').attr('transform', (box, i) => `translate(0,${y(i)})`);
    const high = y.bandwidth();
    rows.append('line').attr('class', 'whisker').attr('x1', (box) => x(box.values[0])).attr('x2', (box) => x(box.values[4])).attr('y1', high / 2).attr('y2', high / 2);
    rows.append('rect').attr('class', 'box').attr('x', (box) => x(box.values[1])).attr('width', (box) => Math.max(1, x(box.values[3]) - x(box.values[1]))).attr('height', high);
    rows.append('line').attr('class', 'middle').attr('x1', (box) => x(box.values[2])).attr('x2', (box) => x(box.values[2])).attr('y2', high);
    const names = ['lowest', 'p25', 'p50', 'p75', 'highest'];
    rows.on('mousemove', (box) => showTip(d3.event, name(box), box.values.map((v, i) => [names[i], write(value.unit, v)]))).on('mouseleave', hideTip);
  }
}
