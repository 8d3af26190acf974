// Checks report files against the signed manifest in this page. No library, no network, nothing stored.
// Written for browsers from 2020 on: an older one does not run it, and "本浏览器不能核验" stays standing.
// Files of strangers and a forged manifest may hold any text: it is shown as text, never as markup.
"use strict";
(async () => {
  const FORM = "reportgen manifest v1";
  const ALGORITHM = "ECDSA P-256 SHA-256, r||s";
  const LARGEST = 100 * 1024 * 1024;
  const TONES = { good: "可使用", used: "已使用", beside: "随附文件", bad: "不可使用", absent: "不在清单", unknown: "未能核验" };
  const UNREADABLE = ["unknown", "未能核验", "读不出这个文件；若是文件夹，请选取其中的文件。"];
  const MARKS = { good: "✓", used: "✓", beside: "✓", bad: "✗", absent: "✗", unknown: "?" };

  const at = (id) => document.getElementById(id);
  // Whatever could turn, hide or break a line is written out, as U+202E.
  const plain = (text) =>
    String(text).replace(
      /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
      (letter) => `‹U+${letter.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}›`,
    );

  const say = (id, text) => {
    at(id).textContent = plain(text);
  };
  const fill = (node, parts) => {
    node.textContent = "";
    node.append(...parts);
  };

  function make(tag, kind, ...parts) {
    const made = document.createElement(tag);
    if (kind) made.className = kind;
    made.append(...parts.map((part) => (part instanceof Node ? part : plain(part))));
    return made;
  }

  const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const textOf = (bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  const grouped = (hex) => hex.toUpperCase().match(/.{1,4}/g).join(" ");

  async function sha256(bytes) {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  // Returns what the manifest says, and the id of its key; throws where the signature does not hold.
  async function opened() {
    const [file, key] = ["manifest", "key"].map((id) => bytesOf(at(id).content.textContent));
    const end = file.indexOf(10);
    const content = file.subarray(0, end);
    const seal = JSON.parse(textOf(file.subarray(end + 1))).seal;
    const name = await sha256(key);
    const curve = { name: "ECDSA", namedCurve: "P-256" };
    const signer = await crypto.subtle.importKey("spki", key, curve, false, ["verify"]);
    const way = { name: "ECDSA", hash: "SHA-256" };
    const holds = await crypto.subtle.verify(way, signer, bytesOf(seal.signature), content);
    const said = JSON.parse(textOf(content));
    if (!holds || seal.key_id !== name || seal.algorithm !== ALGORITHM || said.form !== FORM) {
      throw new Error("the manifest is not what its seal says");
    }
    return { said, name };
  }

  const local = (moment) => moment.slice(0, 16).replace("T", " ");
  // The days of a report begin at 00:00 Asia/Shanghai, whatever the zone of this computer.
  const beijing = () => new Date(Date.now() + 8 * 3600 * 1000).toISOString();
  const today = () => beijing().slice(0, 10);

  const named = (party) => (party.name ? `${party.name}（${party.uscc}）` : `（名称已删除）（${party.uscc}）`);
  const changes = (report) => report.changes.map((change) => `${change.word}（${change.at.slice(0, 10)}）`).join("、");

  function used(report) {
    const known = report.used_by === report.recipient.uscc;
    return `${local(report.used_at)} 由${known ? named(report.recipient) : report.used_by}核销`;
  }

  // Returns the tone, the big words and the explanation for a report of the manifest.
  function judged(report) {
    const place = report.lot ? `本项目${report.lot}标段` : "本项目";
    if (report.revoked_at) return ["bad", "真实，已撤销", `${local(report.revoked_at)} 由机构撤销，不得使用。`];
    if (report.used_at) return ["used", "真实，已使用", `${used(report)}，用于${place}；一份报告只能使用一次。`];
    if (!report.usable) {
      return ["bad", `真实，${report.state}`, `清单截止时${report.state}（有效期至 ${report.valid_until}），不得使用。`];
    }
    if (report.valid_until < today()) {
      const why = `有效期至 ${report.valid_until}：清单截止时有效，按本机今天的日期 ${today()} 已过期，不得使用。`;
      return ["bad", "真实，已过期", `${why}本机日期有误的，以实际日期为准。`];
    }
    return ["good", "真实，可使用", `清单截止时未核销。只供${named(report.recipient)}用于${place}一次。`];
  }

  function notes(report) {
    const said = [];
    if (report.changes.length) said.push(`出具后变化：${changes(report)}。只作提示，本身不使报告失效。`);
    if (report.later.length) said.push(`其后为同一用途出具：${report.later.join("、")}。`);
    return said;
  }

  const bare = (text) => text.normalize("NFKC").toUpperCase().replace(/[^0-9A-Z]/g, "");
  const numbered = (reports, text) => reports.find((report) => bare(report.number) === bare(text));

  // Returns the tone, words and explanation for a document that went out with the manifest.
  const accompanying = (other) => [
    "beside",
    `真实，${other.kind}`,
    `与机构随清单交付的${other.kind}（编号 ${other.number}）一字节不差。供查对，不是信用报告。`,
  ];

  // Returns the tone, words and explanations for a file that the manifest does not list.
  function absent(reports, file, bytes) {
    const said = ["不是本机构为本项目出具的原文件，或文件已改动，或出具于清单截止之后。"];
    if (!textStarts(bytes, "%PDF-")) said.push("这不是 PDF 文件。扫描件与照片请改用下方“核对纸面”。");
    const twin = reports.find((report) => bare(file.name).includes(bare(report.number)));
    if (twin) said.push(`文件名中的编号 ${twin.number} 在清单中，但这不是该报告的原文件；请取原文件再核验。`);
    return ["absent", "不在清单中", ...said];
  }

  const textStarts = (bytes, start) => Array.from(start).every((letter, n) => bytes[n] === letter.charCodeAt(0));

  function read(file) {
    return new Promise((done, failed) => {
      const reader = new FileReader();
      reader.onload = () => done(new Uint8Array(reader.result));
      reader.onerror = () => failed(reader.error);
      reader.readAsArrayBuffer(file);
    });
  }

  async function checked(said, file) {
    const reports = said.reports;
    if (file.size > LARGEST) return { verdict: ["unknown", "未能核验", "文件超过 100 MB，本页不读。"] };
    const bytes = await read(file);
    const digest = await sha256(bytes);
    const other = said.beside.find((document) => document.sha256 === digest);
    if (other) return { digest, verdict: accompanying(other) };
    const report = reports.find((listed) => listed.sha256 === digest);
    return report
      ? { digest, report, verdict: [...judged(report), ...notes(report)] }
      : { digest, verdict: absent(reports, file, bytes) };
  }

  function row(file, { digest, report, verdict }) {
    const [tone, words, ...why] = verdict;
    const mark = make("span", "mark", MARKS[tone]);
    mark.setAttribute("aria-hidden", "true");
    const result = make("th", "result", mark, words);
    result.scope = "row";
    const name = make("td", "file", make("b", "", file.name));
    if (digest) name.append(make("small", "digest", `SHA-256 ${grouped(digest)}`));
    const listed = make("td", "listed", ...(report ? lines(report) : [make("p", "none", "—")]));
    return make("tr", tone, result, name, listed, make("td", "why", ...why.map((text) => make("p", "", text))));
  }

  function lines(report) {
    const lot = report.lot ? `　${report.lot}标段` : "";
    return [
      make("p", "number", `${report.number}${lot}`),
      ...report.applicant.map((party) => make("p", "", named(party))),
      make("p", "", report.conclusion),
      make("p", "dim", `有效期至 ${report.valid_until}`),
    ];
  }

  function told(list, pairs) {
    const filled = pairs.filter(([, text]) => text);
    fill(list, filled.flatMap(([name, text]) => [make("dt", "", name), make("dd", "", text)]));
  }

  function place(said) {
    const lots = said.lots.length ? `，${said.lots.join("、")}标段` : "";
    return `${said.project.name}（${said.project.id}）第 ${said.project.round} 轮${lots}`;
  }

  function paper(said, report) {
    const list = make("dl", "facts wide");
    told(list, [
      ["报告编号", report.number],
      ["文书", report.kind],
      ["申请人", report.applicant.map(named).join("、")],
      ["项目", `${said.project.name}（${said.project.id}）第 ${said.project.round} 轮`],
      ["标段", report.lot],
      ["使用单位", named(report.recipient)],
      ["用途", report.purpose],
      ["结论", report.conclusion],
      ["出具时间", local(report.issued_at)],
      ["有效期至", report.valid_until],
      ["页数", report.pages === null ? "" : `${report.pages} 页`],
      ["状态", judged(report).slice(1).join("。")],
      ["提示", notes(report).join("")],
      ["原文件 SHA-256", grouped(report.sha256)],
    ]);
    const head = make("p", "answer", "清单中有此编号，请与纸面逐项对照：");
    const limit = "编号可以照抄，各项相同不等于纸面是真的；有一项不同，纸面即不可信。要确认真伪，须核验原文件。";
    return [head, list, make("p", "caution", limit)];
  }

  function asked(said, text) {
    if (!bare(text)) return [make("p", "answer bad", "请输入报告编号。")];
    const report = numbered(said.reports, text);
    if (report) return paper(said, report);
    const why = "请核对每一个字符；无误而仍查不到的，不是本机构为本项目出具，或出具于清单截止之后。";
    return [make("p", "answer bad", `清单中没有编号 ${text.trim()}`), make("p", "", why)];
  }

  function age(said) {
    const hours = (Date.now() - Date.parse(`${said.as_of}+08:00`)) / 3600000;
    if (hours < -0.1) return "本机时钟早于清单截止时刻，请先校准本机的日期与时间，否则过期与否无从判断。";
    const since = hours < 1 ? "不到 1 小时" : hours < 48 ? ` ${Math.floor(hours)} 小时` : ` ${Math.floor(hours / 24)} 天`;
    return `距本机此刻${since}。此后的核销、撤销、更正与新出具的报告，本页一概不知。`;
  }

  function shown(said, name) {
    say("agency", said.agency.name);
    at("sample").hidden = !said.sample;
    told(at("about"), [
      ["出具机构", named(said.agency)],
      ["网站", said.website],
      ["项目", place(said)],
      ["截止时刻", `${local(said.as_of)}（北京时间）`],
      ["所列报告", `${said.reports.length} 份`],
    ]);
    say("age", age(said));
    fill(at("fingerprint"), grouped(name).split(" ").flatMap((group) => [make("span", "", group), " "]));
    at("stop").hidden = true;
    at("work").hidden = false;
  }

  function counted() {
    const rows = Array.from(at("rows").children);
    const parts = Object.entries(TONES).map(([tone, word]) => [word, rows.filter((made) => made.className === tone).length]);
    const seen = parts.filter(([, count]) => count).map(([word, count]) => `${word} ${count}`);
    say("tally", `共 ${rows.length} 个文件：${seen.join("，")}`);
    at("results").hidden = !rows.length;
  }

  function stamp(said) {
    const compared = at("compared").checked;
    at("uncompared").hidden = compared;
    const state = compared ? "公钥指纹已比对" : "公钥指纹尚未比对";
    say("stamped", `核验于 ${local(beijing())}（本机时钟），清单截至 ${local(said.as_of)}，${state}`);
    say("age", age(said));
  }

  function working(said) {
    let queue = Promise.resolve();
    const add = (file, found) => {
      at("rows").append(row(file, found));
      stamp(said);
      counted();
    };
    // One after another, for an old computer has little memory.
    const take = (files) => {
      for (const file of Array.from(files)) {
        queue = queue
          .then(() => checked(said, file))
          .then((found) => add(file, found))
          .catch(() => add(file, { verdict: UNREADABLE }));
      }
    };
    at("files").addEventListener("change", (event) => {
      take(event.target.files);
      // The same file may be picked again.
      event.target.value = "";
    });
    // Anywhere on the page: a file dropped beside its place would otherwise open instead of it.
    for (const kind of ["dragover", "drop", "dragleave"]) {
      window.addEventListener(kind, (event) => {
        if (kind !== "dragleave") event.preventDefault();
        at("drop").classList.toggle("over", kind === "dragover");
        if (kind === "drop") take(event.dataTransfer.files);
      });
    }
    at("compared").addEventListener("change", () => stamp(said));
    at("print").addEventListener("click", () => window.print());
    at("clear").addEventListener("click", () => {
      fill(at("rows"), []);
      counted();
      at("files").focus();
    });
    at("ask").addEventListener("submit", (event) => {
      event.preventDefault();
      fill(at("found"), asked(said, at("number").value));
    });
  }

  function refused() {
    say("stop-words", "清单不可信，不能核验");
    say("stop-why", "清单的签名不符：清单被改动，或不是本页所带公钥的密钥所签。不要据此页判断任何报告。");
    say("stop-do", "请收起这一份，向出具机构另取；所带的报告以机构网站或另取的清单核验。");
  }

  if (!window.crypto || !crypto.subtle || !window.TextDecoder || !Array.prototype.flatMap) return;
  try {
    const { said, name } = await opened();
    shown(said, name);
    working(said);
  } catch (error) {
    // A browser that knows no P-256 says nothing about the manifest: its own words stand.
    if (error.name !== "NotSupportedError") refused();
  }
})();
