class BarsView extends View {
  draw() {
    const { data } = this;
    if (data.bars.length === 0) return this.empty('No values');
    if (data.bins || !data.horizontal) this.drawStanding();
    else this.drawLying();
  }

  // Bars with their place: parts of one bar stand on one another.
  parts() {
    const heights = new Map();
    const stacks = Array.from(new Set(this.data.bars.map((bar) => bar.stack)));
    return this.data.bars.map((bar) => {
      const key = JSON.stringify([bar.group, bar.label]);
      const base = this.data.bins ? 0 : heights.get(key) || 0;
      heights.set(key, base + bar.value);
      const name = [bar.group, bar.label].filter(Boolean).join(' / ') || '(none)';
      return { ...bar, key: this.data.bins ? String(bar.from) : key, name, base, color: colors[stacks.indexOf(bar.stack) % 10] };
    });
  }

  addTips(bars) {
    const unit = this.data.value.unit;
    bars.attr('class', 'bar mark')
      .style('fill', (bar) => bar.color)
      .on('mousemove', (bar) => {
        const title = this.data.bins ? `${write(this.data.across.unit, bar.from)} to ${write(this.data.across.unit, bar.to)}` : bar.name;
        showTip(d3.event, title, [[bar.stack || this.data.value.label, write(unit, bar.value)]]);
      })
      .on('mouseleave', hideTip);
  }

  drawStanding() {
    const { data } = this;
    const bars = this.parts();
    const plot = this.frame({ left: 62, right: 14, top: 24, bottom: data.bins ? 36 : 74 });
    const ends = d3.extent(bars, (bar) => bar.base + bar.value);
    const y = this.addHeights(plot, data.value, Math.min(0, ends[0]), ends[1] || 1);
    let place, wide;
    const axis = plot.append('g').attr('class', 'axis').attr('transform', `translate(0,${this.height})`);
    if (data.bins) {
      const x = linear(data.across.unit, bars[0].from, bars[bars.length - 1].to, [0, this.width], Math.floor(this.width / 70));
      place = (bar) => x(bar.from) + 1;
      wide = (bar) => Math.max(1, x(bar.to) - x(bar.from) - 2);
      axis.call(d3.axisBottom(x).tickFormat((value) => writeTick(data.across.unit, value)));
      plot.append('text').attr('x', this.width).attr('y', this.height + 32).attr('text-anchor', 'end').text(data.across.label);
    } else {
      const x = d3.scaleBand(bars.map((bar) => bar.key), [0, this.width]).padding(0.2);
      const names = new Map(bars.map((bar) => [bar.key, bar.name]));
      place = (bar) => x(bar.key);
      wide = () => x.bandwidth();
      axis.call(d3.axisBottom(x).tickFormat((key) => cut(names.get(key), 18)));
      axis.selectAll('text').attr('transform', 'rotate(-35)').attr('text-anchor', 'end');
    }
    this.addTips(plot.selectAll('.bar').data(bars).enter().append('rect')
      .attr('x', place).attr('width', wide)
      .attr('y', (bar) => y(Math.max(bar.base, bar.base + bar.value)))
      .attr('height', (bar) => Math.abs(y(bar.base) - y(bar.base + bar.value))));
  }

  drawLying() {
    const bars = this.parts();
    const keys = Array.from(new Set(bars.map((bar) => bar.key)));
    const names = new Map(bars.map((bar) => [bar.key, bar.name]));
    const plot = this.frame({ left: this.roomFor(keys.map((key) => names.get(key))), right: 30, top: 6, bottom: 22 });
    const ends = d3.extent(bars, (bar) => bar.base + bar.value);
    const x = this.addWidths(plot, this.data.value, Math.min(0, ends[0]), ends[1] || 1);
    const y = this.addNames(plot, keys, (key) => names.get(key), 0.25);
    this.addTips(plot.selectAll('.bar').data(bars).enter().append('rect')
      .attr('y', (bar) => y(bar.key)).attr('height', y.bandwidth())
      .attr('x', (bar) => x(Math.min(bar.base, bar.base + bar.value)))
      .attr('width', (bar) => Math.max(0, Math.abs(x(bar.base + bar.value) - x(bar.base)))));
  }
}

function cut(text, length) {
  const signs = Array.from(text);
  return signs.length > length ? `${signs.slice(0, length - 1).join('')}…` : text;
}
