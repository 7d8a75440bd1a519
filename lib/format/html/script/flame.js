class FlameView extends View {
  constructor(widget, table, body, tools) {
    super(widget, table, body);
    this.root = this.read(this.data.root, null, 0);
    this.focus = this.root;
    const input = make(tools, 'input');
    input.type = 'search';
    input.placeholder = 'Search frames';
    input.setAttribute('aria-label', 'Mark frames that contain');
    input.addEventListener('input', () => {
      this.search = input.value.toLowerCase();
      this.draw();
    });
    this.reset = make(tools, 'button', '', 'Whole graph');
    this.reset.addEventListener('click', () => {
      this.focus = this.root;
      this.draw();
    });
  }

  read([name, count, self, percent, difference, family, children], parent, depth) {
    const frame = { name, count, self, percent, difference, family, parent, depth };
    frame.children = children.map((child) => this.read(child, frame, depth + 1));
    return frame;
  }

  draw() {
    if (!(this.root.count > 0)) return this.empty('No samples');
    const high = 20;
    this.reset.disabled = this.focus === this.root;
    let holder = this.body.querySelector('.scroll');
    if (!holder) holder = make(this.body, 'div', 'scroll');
    holder.replaceChildren();
    const width = Math.max(200, holder.clientWidth - 2);
    const shown = [];
    const lay = (frame, left, room) => {
      if (room < 0.6) return;
      shown.push({ frame, left, room });
      let at = left;
      for (const child of frame.children) {
        const share = (room * child.count) / frame.count;
        lay(child, at, share);
        at += share;
      }
    };
    for (let above = this.focus.parent; above; above = above.parent) shown.push({ frame: above, left: 0, room: width });
    lay(this.focus, 0, width);
    const deepest = d3.max(shown, (one) => one.frame.depth);
    const height = Math.max((deepest + 1) * high, holder.clientHeight - 4);
    const svg = svgIn(holder, width, height, 'chart').attr('role', 'img').attr('aria-label', this.widget.title);
    const found = (frame) => this.search && frame.name.toLowerCase().includes(this.search);
    const frames = svg.selectAll('.frame').data(shown).enter().append('g')
      .attr('class', ({ frame }) => `frame mark f${frame.family}${this.search ? (found(frame) ? ' found' : ' lost') : ''}`)
      .attr('transform', ({ frame, left }) => `translate(${left},${height - (frame.depth + 1) * high})`);
    const rects = frames.append('rect').attr('width', ({ room }) => Math.max(0.5, room)).attr('height', high - 1).attr('rx', 1);
    if (this.data.hasDifference) rects.style('fill', ({ frame }) => differenceColor(frame));
    frames.filter(({ room }) => room > 28).append('text').attr('x', 4).attr('y', 14).text(({ frame, room }) => cut(frame.name, Math.floor((room - 6) / 6.3)));
    frames.on('click', ({ frame }) => { this.focus = frame; hideTip(); this.draw(); })
      .on('mousemove', ({ frame }) => showTip(d3.event, frame.name, this.factsOf(frame))).on('mouseleave', hideTip);
    holder.scrollTop = height;
  }

  factsOf(frame) {
    const facts = [['samples', write('', frame.count)], ['share of the whole', write('percent', (100 * frame.count) / this.root.count)]];
    if (frame.self) facts.push(['in itself', write('', frame.self)]);
    if (this.data.hasPercent) facts.push([this.data.percentLabel, write('percent', frame.percent)]);
    if (this.data.hasDifference) facts.push(['difference', write('', frame.difference)]);
    return facts;
  }
}

// More than before is red, less is blue.
function differenceColor(frame) {
  const share = frame.count > 0 ? Math.max(-1, Math.min(1, frame.difference / frame.count)) : 0;
  return share < 0 ? d3.interpolateRgb('#d9d9d9', '#4a90d9')(-share) : d3.interpolateRgb('#d9d9d9', '#e05a4e')(share);
}
