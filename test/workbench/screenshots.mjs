// `npm run screenshots`: the pictures of the documentation, taken by the tests of the themes from the real editor.
import { current } from './builds.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { fail } from './process.mjs';
import { runUiTests } from './ui.mjs';

try {
  await ensureDependencies();
  process.env.SCREENSHOTS = '1';
  // From its package: a window that develops an extension says so in its title.
  const { error } = await runUiTests(current, 'vsix', ['themes']);
  if (error !== undefined) fail(error);
} catch (error) {
  fail(error);
}
