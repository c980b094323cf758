import { expect, it } from "vitest";
import { postgresConnection } from "../../electron/app/cache-store.ts";

it.each([
  [
    "postgres://me@localhost/team",
    { host: "localhost", port: 5432, database: "team", user: "me", tls: null },
  ],
  ["postgres://127.0.0.1:6000/team", { port: 6000, user: "postgres", tls: null }],
  ["postgres://me@localhost/team?sslrootcert=/dev/null", { host: "localhost", tls: { ca: "" } }],
  ["postgres:///team?host=db.example.org", { host: "db.example.org", tls: { ca: undefined } }],
  ["postgres:///team?host=/run/pg", { host: "/run/pg", tls: null }],
  ["postgresql://me@db.example.org/team", { host: "db.example.org", tls: { ca: undefined } }],
  ["postgres://me@db.example.org/team?sslmode=disable", { tls: { ca: undefined } }],
])("%s is read, and TLS left out for this machine only", (address, expected) => {
  expect(postgresConnection(address, {})).toMatchObject(expected);
});

it("takes the password from the environment", () => {
  const at = (env: Record<string, string>) =>
    postgresConnection("postgres://me@localhost/team", env).password;
  expect(at({ PGPASSWORD: "one", HOLDFAST_CACHE_PASSWORD: "two" })).toBe("two");
  expect(at({ PGPASSWORD: "one" })).toBe("one");
  expect(at({})).toBeUndefined();
});

it("says which certificate can't be read", () => {
  const address = "postgres://me@db.example.org/team?sslrootcert=/nowhere/ca.pem";
  expect(() => postgresConnection(address, {})).toThrow(/nowhere\/ca\.pem can't be read/);
});
