import './page.css';
import { render } from 'preact';
import { listen } from './listen.ts';
import { emptyModel, nowOf, takeIn } from './model.ts';
import { Page } from './page.tsx';

/** The page: what the server tells goes into the model, and the whole page is rendered from it. */
const model = emptyModel();
let isAwaited = false;
/** Renders with the next frame, once for all news until then. */
function draw(): void {
  if (isAwaited) return;
  isAwaited = true;
  requestAnimationFrame(() => {
    isAwaited = false;
    render(<Page model={model} now={nowOf(model, Date.now())} />, document.body);
  });
}

/** Between two messages of the server the page's own clock goes on. */
const frameMilliseconds = 250;

listen({
  setup(setup) {
    // Another process counts ticks and mails anew, and may have another page.
    if (model.setup.bootId !== '' && model.setup.bootId !== setup.bootId) location.reload();
    model.setup = setup;
    draw();
  },
  state(state) {
    model.state = state;
    model.stateAt = Date.now();
    draw();
  },
  history(history) {
    takeIn(model, history);
    draw();
  },
  connected(isConnected) {
    model.isConnected = isConnected;
    draw();
  },
});
setInterval(() => {
  if (model.stateAt > 0 && !document.hidden) draw();
}, frameMilliseconds);
