/** The page of the large-trace view. */
import './large.css';
import { LargeView } from './large/view';
import { listen, post, remembered, reportErrors } from './large/port';
import { setBundle } from './strings';

let view: LargeView | undefined;

reportErrors();
listen(message => {
  if (message.type !== 'strings') {
    view?.receive(message);
    return;
  }
  document.documentElement.lang = message.language;
  setBundle(message.bundle);
  const root = document.getElementById('root');
  if (root === null) throw new Error('The page has no #root');
  view ??= new LargeView(root, remembered());
});
post({ type: 'ready', version: 1 });
