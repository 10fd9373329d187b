import { fileURLToPath } from 'node:url'
import { diffFromEmpty } from '@prisma-cache/servers'
import pg from 'pg'
import { REGISTER_MODELS } from '../models.js'

const SCHEMA = fileURLToPath(new URL('../../../prisma/registers.prisma', import.meta.url))

/**
 * Writes of a row count on where a deleted one has ended, so that one number orders all writes of a register. A row that is
 * made waits for whoever is deleting it, before it looks where that one has ended; two that found the same cannot both
 * stand (`births`).
 */
const NUMBERING = `
CREATE TABLE deaths (register text PRIMARY KEY, seq int NOT NULL);
CREATE TABLE births (register text, seq int, PRIMARY KEY (register, seq));
CREATE FUNCTION count_on() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  own text := TG_TABLE_NAME || '/' || NEW.id;
  standing int;
BEGIN
  EXECUTE format('SELECT seq FROM %I WHERE id = $1 FOR UPDATE', TG_TABLE_NAME) INTO standing USING NEW.id;
  IF standing IS NULL THEN
    NEW.seq := 1 + coalesce((SELECT seq FROM deaths WHERE register = own), 0);
    INSERT INTO births VALUES (own, NEW.seq);
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION end_here() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO deaths VALUES (TG_TABLE_NAME || '/' || OLD.id, OLD.seq + 1)
  ON CONFLICT (register) DO UPDATE SET seq = EXCLUDED.seq;
  RETURN OLD;
END $$;`

export async function makeTables(url: string): Promise<void> {
  const triggers = REGISTER_MODELS.map(
    ({ name }) => `
CREATE TRIGGER count_on BEFORE INSERT ON "${name}" FOR EACH ROW EXECUTE FUNCTION count_on();
CREATE TRIGGER end_here BEFORE DELETE ON "${name}" FOR EACH ROW EXECUTE FUNCTION end_here();`,
  )
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(await diffFromEmpty(SCHEMA))
  await client.query(NUMBERING + triggers.join(''))
  await client.end()
}
