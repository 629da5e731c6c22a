/// A whole HTML page around `body`, which is markup; `title` is text.
///
/// The security policy forbids it to load anything. It is light or dark as the reader's system is.
///
/// - Parameter style: CSS that the page needs beside that of all reports.
package func page(title: String, body: String, style extra: String = "") -> String {
  """
  <!DOCTYPE html>
  <html lang="en">
  <head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; \
  media-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
  <title>\(title.escaped)</title>
  <style>
  \(style)
  \(extra)
  \(ChartStyle.light.css)
  @media (prefers-color-scheme: dark) {
  \(ChartStyle.dark.css)
  }
  </style>
  </head>
  <body>
  <h1>\(title.escaped)</h1>
  \(body)
  <script>
  \(CropComparison.sliderScript)
  </script>
  </body>
  </html>

  """
}

private let style = """
  :root{--text:\(ChartStyle.light.text);--back:\(ChartStyle.light.background);--quiet:#59636e;
  --rule:#d5dae0;--shade:#f5f7f9;--link:#0072b2;--bad:#b3261e}
  @media (prefers-color-scheme: dark){:root{--text:\(ChartStyle.dark.text);
  --back:\(ChartStyle.dark.background);--quiet:#9aa4af;--rule:#343c45;--shade:#1c2229;
  --link:#6cb6f0;--bad:#ff8a80}}
  *{box-sizing:border-box}
  body{margin:0 auto;padding:1.5rem clamp(.8rem,3vw,2rem) 4rem;max-width:1320px;
  font:16px/1.5 system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;
  color:var(--text);background:var(--back)}
  h1{font-size:1.7rem;line-height:1.2;margin:.3rem 0 1rem}
  h2{font-size:1.25rem;margin:2.5rem 0 .6rem}
  p,ul{max-width:75ch}
  p{margin:.4rem 0 .9rem}
  code{font:.85em ui-monospace,"SF Mono",Menlo,Consolas,monospace;overflow-wrap:anywhere}
  dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1.2rem;margin:0}
  dt,.quiet{color:var(--quiet)}
  dd{margin:0;overflow-wrap:anywhere}
  @media (max-width:600px){dl{display:block} dd{margin-bottom:.4rem}}
  .bad{color:var(--bad);font-weight:600}
  .scroll{overflow-x:auto}
  table{border-collapse:separate;border-spacing:0;font-size:.9rem;line-height:22px;
  font-variant-numeric:tabular-nums}
  th,td{padding:5px 10px;text-align:left;vertical-align:top;border-bottom:1px solid var(--rule)}
  .numbers th,.numbers td{text-align:right;white-space:nowrap}
  .numbers thead th{white-space:normal}
  thead th{border-bottom-width:2px;vertical-align:bottom}
  tr th:first-child{position:sticky;left:0;text-align:left;white-space:nowrap;padding-left:.2rem;
  background:var(--back)}
  tbody th{font-weight:400}
  tbody th.ours{font-weight:700}
  tbody:not(:last-child) tr:last-child>*{border-bottom-width:2px}
  .texts td{min-width:14rem}
  summary{cursor:pointer;padding:.3rem 0}
  figure{margin:0}
  .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,500px),1fr));gap:1rem}
  .charts svg{display:block;width:100%;max-width:760px;height:auto}
  .crops{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,512px),1fr));gap:2rem}
  .compare{max-width:512px}
  figcaption{font-weight:600;margin-bottom:.3rem;overflow-wrap:anywhere}
  .choices{display:flex;justify-content:space-between;gap:1rem;font-size:.9rem}
  .choices label{flex:1;min-width:0;color:var(--quiet)}
  .choices label+label{text-align:right}
  .choices select{display:block;width:100%;font:inherit;color:var(--text);padding:.25rem;
  background:var(--shade);border:1px solid var(--rule);border-radius:4px}
  output{display:block;color:var(--text);font-variant-numeric:tabular-nums;padding:.2rem 0;min-height:2em}
  .stage{position:relative;cursor:ew-resize;touch-action:pan-y;user-select:none}
  .stage img{display:block;width:100%;image-rendering:pixelated}
  .stage img[hidden]{display:none}
  .stage img.right{position:absolute;inset:0}
  .plot{position:relative}
  .sound .plot{padding-left:3.4rem}
  .sound .stage img{height:260px;image-rendering:auto}
  .height{position:absolute;left:0;width:3.1rem;text-align:right;font-size:.75rem;line-height:1;
  margin-bottom:-.5em;color:var(--quiet)}
  .players{display:grid;gap:.4rem;margin-top:.6rem;font-size:.9rem}
  .players label{display:grid;grid-template-columns:8rem 1fr;align-items:center;gap:.5rem;
  overflow-wrap:anywhere}
  .players audio{width:100%;height:34px}
  .scale{display:inline-block;width:8em;height:.8em;vertical-align:-.05em;margin:0 .4em}
  .divider{position:absolute;top:0;bottom:0;width:2px;margin-left:-1px;background:#fff;
  box-shadow:0 0 0 1px #0009;pointer-events:none}
  .compare input{width:100%;margin:.5rem 0 0;accent-color:var(--link)}
  .sound input{width:calc(100% - 3.4rem);margin-left:3.4rem}
  :focus-visible{outline:2px solid var(--link);outline-offset:2px}
  """
