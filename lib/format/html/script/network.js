class NetworkView extends View {
  constructor(widget, table, body, tools) {
    super(widget, table, body);
    this.view = 0;
    this.layers = this.data.hierarchy;
    if (this.data.views.length > 1) this.addViews(tools);
    const layers = make(tools, 'button', '', 'Layers');
    layers.setAttribute('aria-pressed', String(this.layers));
    layers.addEventListener('click', () => {
      this.layers = !this.layers;
      layers.setAttribute('aria-pressed', String(this.layers));
      this.draw();
    });
  }

  addViews(tools) {
    const buttons = this.data.views.map((view, i) => {
      const button = make(tools, 'button', '', `By ${view.name}`);
      button.addEventListener('click', () => {
        this.view = i;
        buttons.forEach((each, k) => each.setAttribute('aria-pressed', String(k === i)));
        this.draw();
      });
      button.setAttribute('aria-pressed', String(i === 0));
      return button;
    });
  }

  draw() {
    const view = this.data.views[this.view];
    if (view.edges.length === 0) return this.empty('No connections');
    const plot = this.frame({ left: 0, right: 0, top: 0, bottom: 0 });
    const most = d3.max(view.edges, (edge) => edge.weight) || 1;
    const nodes = view.nodes.map((name) => ({ name, label: cut(name === '' ? '(none)' : name, 32), weight: 0 }));
    const edges = view.edges.map((edge) => ({ ...edge, source: nodes[edge.from], target: nodes[edge.to], wide: 1 + 5 * Math.sqrt(Math.max(0, edge.weight) / most) }));
    for (const edge of edges) {
      edge.source.weight += edge.weight;
      if (edge.target !== edge.source) edge.target.weight += edge.weight;
    }
    const heaviest = d3.max(nodes, (node) => node.weight) || 1;
    for (const node of nodes) node.size = 5 + 9 * Math.sqrt(Math.max(0, node.weight) / heaviest);
    if (this.layers) placeInLayers(nodes, edges, this.width, this.height);
    else placeByForce(nodes, edges, this.width, this.height);
    this.drawMarks(plot, nodes, edges);
  }

  drawMarks(plot, nodes, edges) {
    const inner = plot.append('g');
    const zoom = d3.zoom().scaleExtent([0.2, 8]).on('zoom', () => inner.attr('transform', d3.event.transform));
    const svg = d3.select(this.body).select('svg.chart');
    svg.call(zoom).on('dblclick.zoom', () => svg.call(zoom.transform, d3.zoomIdentity));
    const id = `arrow${this.widget.number}`;
    const defs = inner.append('defs');
    ['ok', 'warn', 'bad'].forEach((level, i) => {
      defs.append('marker').attr('id', `${id}-${i}`).attr('viewBox', '0 0 8 8').attr('refX', 7).attr('refY', 4)
        .attr('markerWidth', 9).attr('markerHeight', 9).attr('markerUnits', 'userSpaceOnUse').attr('orient', 'auto')
        .append('path').attr('d', 'M0,0L8,4L0,8z').style('fill', `var(--${level})`);
    });
    const lines = inner.selectAll('.edge').data(edges).enter().append('path')
      .attr('class', (edge) => `edge mark l${edge.level}`).attr('stroke-width', (edge) => edge.wide)
      .attr('marker-end', (edge) => `url(#${id}-${edge.level})`);
    const groups = inner.selectAll('.node').data(nodes).enter().append('g').attr('class', 'node mark');
    groups.append('circle').attr('r', (node) => node.size);
    groups.append('text').attr('dx', (node) => node.size + 4).attr('dy', 4).text((node) => node.label);
    const place = () => {
      lines.attr('d', edgePath);
      groups.attr('transform', (node) => `translate(${node.x},${node.y})`);
    };
    place();
    groups.classed('quiet', (node) => node.quiet);
    lines.on('mousemove', (edge) => showTip(d3.event, `${edge.source.name || '(none)'} → ${edge.target.name || '(none)'}`, this.factsOf(edge))).on('mouseleave', hideTip);
    groups.on('mouseenter', (node) => {
      const near = new Set([node]);
      edges.forEach((edge) => { if (edge.source === node) near.add(edge.target); if (edge.target === node) near.add(edge.source); });
      groups.classed('far', (each) => !near.has(each)).classed('near', (each) => near.has(each));
      lines.classed('far', (edge) => edge.source !== node && edge.target !== node);
    }).on('mousemove', (node) => showTip(d3.event, node.name || '(none)', [[this.data.weight.label || 'weight', write(this.data.weight.unit, node.weight)]]))
      .on('mouseleave', () => { hideTip(); groups.classed('far', false).classed('near', false); lines.classed('far', false); });
    groups.call(d3.drag().on('drag', (node) => {
      node.x = d3.event.x;
      node.y = d3.event.y;
      place();
    }));
  }

  factsOf(edge) {
    const facts = edge.facts.map((fact) => [fact.name, fact.text !== undefined ? fact.text : write(fact.unit, fact.value)]);
    return facts.length ? facts : [[this.data.weight.label || 'weight', write(this.data.weight.unit, edge.weight)]];
  }
}

function edgePath(edge) {
  const { source, target } = edge;
  if (source === target) {
    const r = source.size + 8;
    return `M${source.x},${source.y - source.size}c${-r},${-2 * r} ${r},${-2 * r} 2,0`;
  }
  const dx = target.x - source.x, dy = target.y - source.y;
  const length = Math.hypot(dx, dy) || 1;
  const stop = (length - target.size - 3) / length;
  const bend = Math.min(30, length / 6);
  const mx = (source.x + target.x) / 2 - (dy / length) * bend, my = (source.y + target.y) / 2 + (dx / length) * bend;
  return `M${source.x},${source.y}Q${mx},${my} ${source.x + dx * stop},${source.y + dy * stop}`;
}

function placeByForce(nodes, edges, width, height) {
  nodes.forEach((node, i) => {
    node.x = width / 2 + Math.cos(i * 2.4) * 12 * Math.sqrt(i + 1);
    node.y = height / 2 + Math.sin(i * 2.4) * 12 * Math.sqrt(i + 1);
  });
  const simulation = d3.forceSimulation(nodes)
    .force('links', d3.forceLink(edges).distance(Math.min(140, Math.max(60, height / 3))).strength(0.4))
    .force('apart', d3.forceManyBody().strength(-320))
    .force('x', d3.forceX(width / 2).strength(0.05))
    .force('y', d3.forceY(height / 2).strength(0.14))
    .force('room', d3.forceCollide(18)).stop();
  for (let i = nodes.length > 200 ? 120 : 300; i > 0; --i) simulation.tick();
  fitInto(nodes, width, height);
}

// From left to right by the longest way from a node that nobody calls; circles end where they begin.
function placeInLayers(nodes, edges, width, height) {
  for (const node of nodes) node.layer = 0;
  for (let round = 0; round < Math.min(nodes.length, 30); ++round) {
    let moved = false;
    for (const { source, target } of edges) {
      if (source === target || target.layer > source.layer || source.layer >= 12) continue;
      if (edges.some((back) => back.source === target && back.target === source && back.target.layer < target.layer)) continue;
      target.layer = source.layer + 1;
      moved = true;
    }
    if (!moved) break;
  }
  const layers = d3.nest().key((node) => node.layer).sortKeys((a, b) => a - b).entries(nodes);
  layers.forEach((layer, column) => {
    const middle = (node) => d3.mean(edges.filter((edge) => edge.target === node && edge.source.y !== undefined), (edge) => edge.source.y);
    layer.values.sort((a, b) => d3.ascending(middle(a), middle(b)) || b.weight - a.weight);
    layer.values.forEach((node, i) => {
      node.x = layers.length > 1 ? (column / (layers.length - 1)) * width : width / 2;
      node.y = ((i + 0.5) / layer.values.length) * height;
    });
  });
  fitInto(nodes, width, height);
}

// Labels stand at the right of their nodes.
function fitInto(nodes, width, height) {
  const [left, right] = d3.extent(nodes, (node) => node.x);
  const [top, bottom] = d3.extent(nodes, (node) => node.y);
  const label = Math.min(width / 3, 20 + 6.2 * d3.max(nodes, (node) => node.label.length));
  const x = d3.scaleLinear([left, right > left ? right : left + 1], [24, Math.max(60, width - label)]);
  const y = d3.scaleLinear([top, bottom > top ? bottom : top + 1], bottom > top ? [24, height - 24] : [height / 2, height / 2]);
  for (const node of nodes) {
    node.x = x(node.x);
    node.y = y(node.y);
  }
  quietLabels(nodes);
}

// Of labels that would cover one another, that of the heaviest node is shown; the pointer shows the
// others.
function quietLabels(nodes) {
  const kept = [];
  for (const node of Array.from(nodes).sort((a, b) => b.weight - a.weight)) {
    const left = node.x + node.size + 4, right = left + 6.4 * node.label.length;
    node.quiet = kept.some((box) => left < box.right && box.left < right && Math.abs(box.y - node.y) < 13);
    if (!node.quiet) kept.push({ left, right, y: node.y });
  }
}
