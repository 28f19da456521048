import { costTable, parameterTable } from '../../report/catalog-report';
import { withOutput, type Registry } from '../registry';
import type { OutputOptions, Session } from '../session';
import { knownName } from '../usage';

interface Item {
  id: string;
  title: string;
  description: string;
}

/** `policies`, `platforms` and `formats`: what there is; with an id, all about one. */
export function addLists({ program, session }: Registry): void {
  const { engine } = session;
  addList(program, session, 'policies', 'policy', {
    list: () => engine.policies(),
    tell(policy) {
      session.line(`Exposes:  ${policy.exposes}`);
      session.line(`Source:   ${policy.source}`);
      if (policy.bound) session.line('A bound that no policy can beat, not something to deploy.');
      if (Object.keys(policy.parameters).length > 0) session.line();
      return parameterTable(policy.parameters);
    },
  });
  addList(program, session, 'platforms', 'platform', {
    list: () => engine.platforms(),
    own: async name => {
      const text = await session.platformFile(name);
      return text === undefined ? undefined : (await engine.platforms(text))[0];
    },
    tell: platform => costTable(platform.costs),
  });
  addList(program, session, 'formats', 'format', {
    list: () => engine.formats(),
    tell(format) {
      session.line('Record it:');
      session.line(format.record);
      return undefined;
    },
  });
}

interface ListSource<T extends Item> {
  list(): Promise<T[]>;
  /** The one in a file of the user's, where the name is that of a file. */
  own?(name: string): Promise<T | undefined>;
  /** Prints what else is known of one, and returns a table of its parts. */
  tell(item: T): ReturnType<typeof costTable> | undefined;
}

function addList<T extends Item>(
  program: Registry['program'],
  session: Session,
  name: string,
  kind: string,
  source: ListSource<T>,
): void {
  const command = program
    .command(name)
    .description(`List the ${name}, or tell all about one.`)
    .argument('[id]', source.own === undefined ? kind : `${kind}, or a file of your own`);
  withOutput(command).action(async (id: string | undefined, options: OutputOptions) => {
    const all = await source.list();
    const ids = all.map(item => item.id);
    const own = id === undefined || ids.includes(id) ? undefined : await source.own?.(id);
    const items = id === undefined ? all : [own ?? all[ids.indexOf(knownName(kind, id, ids))]];
    if (options.json) session.json(items);
    else if (id === undefined || options.csv) session.table(listTable(items), options);
    else {
      session.line(`${items[0].id}: ${items[0].title}`);
      session.line(items[0].description);
      session.line();
      const parts = source.tell(items[0]);
      if (parts !== undefined) session.table(parts, options);
    }
  });
}

function listTable(items: readonly Item[]): Parameters<Session['table']>[0] {
  return {
    columns: [
      { title: 'id', align: 'left' },
      { title: 'title', align: 'left' },
      { title: 'description', align: 'left' },
    ],
    rows: items.map(item => [item.id, item.title, item.description]),
  };
}
