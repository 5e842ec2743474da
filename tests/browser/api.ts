// The Web API as any other program would use it: plain HTTP with a token of the service client or of a user.
import { expect } from '@playwright/test';
import { createHash, randomBytes } from 'node:crypto';

type Row = Record<string, unknown>;

export class Api {
  private constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  /** With client credentials: sees everything. */
  static async asService(url: string): Promise<Api> {
    return new Api(url, await tokenFor(url, { grant_type: 'client_credentials', client_id: 'demo', client_secret: 'demo' }));
  }

  /** As a demo user, by the same sign-in page a person uses. */
  static async asUser(url: string, name: string): Promise<Api> {
    const verifier = randomBytes(32).toString('base64url');
    const redirect = `${url}/`;
    const query = new URLSearchParams({
      client_id: 'valise',
      response_type: 'code',
      redirect_uri: redirect,
      state: 'api',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    const page = await fetch(`${url}/oauth2/v2.0/authorize?${query}`);
    const html = await page.text();
    const cookie = page.headers.getSetCookie().map((line) => line.split(';')[0]).join('; ');
    const form = new URLSearchParams();
    for (const [tag] of html.matchAll(/<input[^>]*>/g)) {
      const attribute = (key: string) => new RegExp(`\\b${key}="([^"]*)"`).exec(tag)?.[1]?.replaceAll('&amp;', '&');
      const key = attribute('name');
      if (key) form.set(key, attribute('type') === 'password' ? 'demo' : (attribute('value') ?? ''));
      if (key && ['text', 'email'].includes(attribute('type') ?? 'text')) form.set(key, name);
    }
    const action = /<form[^>]*action="([^"]*)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? page.url;
    const answer = await fetch(new URL(action, page.url), { method: 'POST', body: form, redirect: 'manual', headers: { cookie } });
    const code = new URL(answer.headers.get('location') ?? 'about:blank').searchParams.get('code');
    expect(code, `the sign-in of ${name} gives a code`).toBeTruthy();
    const grant = { grant_type: 'authorization_code', client_id: 'valise', code: code!, code_verifier: verifier, redirect_uri: redirect };
    return new Api(url, await tokenFor(url, grant));
  }

  async get(path: string): Promise<Row> {
    return (await this.send('GET', path)).json();
  }

  async rows(path: string): Promise<Row[]> {
    return (await this.get(path)).value as Row[];
  }

  async patch(path: string, body: Row): Promise<void> {
    await this.send('PATCH', path, body, { 'If-Match': '*' });
  }

  async post(path: string, body: Row): Promise<void> {
    await this.send('POST', path, body);
  }

  async remove(path: string): Promise<void> {
    await this.send('DELETE', path);
  }

  private async send(method: string, path: string, body?: Row, more: Record<string, string> = {}): Promise<Response> {
    const headers: Record<string, string> = {
      Authorization: `Bearer ${this.token}`,
      Accept: 'application/json',
      'OData-Version': '4.0',
      'OData-MaxVersion': '4.0',
      ...more,
    };
    if (body) headers['Content-Type'] = 'application/json';
    const answer = await fetch(`${this.url}/api/data/v9.2/${path}`, { method, headers, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }
}

async function tokenFor(url: string, grant: Record<string, string>): Promise<string> {
  const answer = await fetch(`${url}/oauth2/v2.0/token`, { method: 'POST', body: new URLSearchParams(grant) });
  const body = await answer.json();
  if (!answer.ok) throw new Error(`no token: ${answer.status} ${JSON.stringify(body)}`);
  return body.access_token;
}
