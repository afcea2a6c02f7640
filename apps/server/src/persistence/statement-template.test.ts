import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { statementTemplate } from './statement-template.ts';

const byNameAndId = statementTemplate((build, id: string, name: string) =>
  build.selectFrom('clinic').select('id').where('name', '=', name).where('id', '=', id).limit(7),
);

describe('a statement template', () => {
  it('puts the values of each call where they belong, and keeps what is no value', () => {
    expect(byNameAndId('i1', 'n1').parameters).toEqual(['n1', 'i1', 7]);
    expect(byNameAndId('i2', 'n2').parameters).toEqual(['n2', 'i2', 7]);
  });

  it('is written once', () => {
    let times = 0;
    const template = statementTemplate((build, id: string) => {
      times += 1;
      return build.selectFrom('clinic').select('id').where('id', '=', id);
    });
    expect(template('a').sql).toBe(template('b').sql);
    expect(times).toBe(1);
  });

  it('never keeps a value of an earlier call', () => {
    const first = byNameAndId('secret of one call', 'x');
    const second = byNameAndId('y', 'z');
    expect(JSON.stringify([second.sql, second.parameters])).not.toContain('secret');
    expect(first.parameters).toContain('secret of one call');
  });

  it('hands a value on unchanged that looks like SQL', () => {
    const hostile = "'; drop table patient; --";
    const { sql: text, parameters } = byNameAndId(hostile, hostile);
    expect(text).not.toContain('drop');
    expect(parameters.filter((part) => part === hostile)).toHaveLength(2);
  });

  it.each([
    ['a template string', (id: string) => `${id}`],
    ['addition', (id: string) => `x-${id}`.trim()],
    ['a method of text', (id: string) => id.toLowerCase()],
  ])('refuses a value that is made into text by %s', (_name, spoil) => {
    const template = statementTemplate((build, id: string) =>
      build.selectFrom('clinic').select('id').where('id', '=', spoil(id)),
    );
    expect(() => template('a')).toThrow(TypeError);
  });

  it('refuses a value that is made into SQL', () => {
    const template = statementTemplate((build, id: string) => ({
      compile: () => sql`select ${sql.raw(id)}`.compile(build),
    }));
    expect(() => template('a').sql).toThrow(TypeError);
  });
});
