import { afterEach } from 'vitest';
import { photographFailure } from './session.js';

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await photographFailure(task.name);
});
