<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
  <context>
    <name>CityGrid</name>
    <message>
      <source>(not stated)</source>
      <translation>（未注明）</translation>
    </message>
    <message>
      <source>, </source>
      <translation>，</translation>
    </message>
    <message>
      <source>.cpg and text that disagree</source>
      <translation>.cpg 与文字不一致</translation>
    </message>
    <message>
      <source>.cpg with a byte-order mark</source>
      <translation>带字节顺序标记（BOM）的 .cpg</translation>
    </message>
    <message>
      <source>.prj without a coordinate reference system</source>
      <translation>没有坐标参考系的 .prj</translation>
    </message>
    <message>
      <source>14 digits: 6 + 3 + 3 + 2 (CJ/T 213)</source>
      <translation>14 位：6 + 3 + 3 + 2（CJ/T 213）</translation>
    </message>
    <message>
      <source>15 digits: 6 + 3 + 3 + 3 (in force today)</source>
      <translation>15 位：6 + 3 + 3 + 3（现行）</translation>
    </message>
    <message>
      <source>4πA/P²: 1 for a circle, 0.785 for a square</source>
      <translation>4πA/P²：圆为 1，正方形为 0.785</translation>
    </message>
    <message>
      <source>90th percentile 90%分位</source>
      <translation>处理时长 90% 分位</translation>
    </message>
    <message>
      <source>90th percentile 90%分位处理时长: nine of ten of these cases took no longer (between two cases, in proportion).</source>
      <translation>处理时长 90% 分位值：这些案卷中十分之九用时不超过该值（落在两件案卷之间时按比例取值）。</translation>
    </message>
    <message>
      <source>; </source>
      <translation>；</translation>
    </message>
    <message>
      <source>A Python package can fill them in: python -m pip install chinesecalendar (China), or holidays.</source>
      <translation>可由 Python 包自动填入：python -m pip install chinesecalendar（中国），或 holidays。</translation>
    </message>
    <message>
      <source>A closed grid has this code; a code is never given again.</source>
      <translation>已终止的网格用过此编码；编码不得重复使用。</translation>
    </message>
    <message>
      <source>A colleague is saving the same rows just now. Nothing of yours has been stored; save again in a moment.</source>
      <translation>同事正在保存相同的记录。您的修改尚未保存，请稍后再保存。</translation>
    </message>
    <message>
      <source>A geometry of “{table}” is damaged. Repair the table with “Fix geometries” of QGIS, then move it again.</source>
      <translation>“{table}”中有一个几何图形已损坏。请用 QGIS 的“修正几何图形”修复该表，然后重新迁移。</translation>
    </message>
    <message>
      <source>A layer in memory cannot be found again, so it is not kept as a source.</source>
      <translation>内存图层下次无法再找到，因此不保存为来源。</translation>
    </message>
    <message>
      <source>A list that another system has written, a layer of the project, or a service.</source>
      <translation>其他系统导出的列表、工程中的图层，或在线服务。</translation>
    </message>
    <message>
      <source>A locked responsibility grid stays as it is: no tool and no solution changes it.</source>
      <translation>锁定的责任网格保持不变：任何工具和求解都不会改动它。</translation>
    </message>
    <message>
      <source>A plan needs a name of 1 to {longest} characters.</source>
      <translation>方案名称应为 1 至 {longest} 个字符。</translation>
    </message>
    <message>
      <source>A point on the surface</source>
      <translation>面上一点</translation>
    </message>
    <message>
      <source>A row of “{table}” is edited twice in one save. Save the first edit, then the second.</source>
      <translation>“{table}”的一条记录在一次保存中被编辑了两次。请先保存第一次编辑，再保存第二次。</translation>
    </message>
    <message>
      <source>A source is one file: load {files} afterwards, each with a wizard of its own.</source>
      <translation>一个来源对应一个文件：请随后分别打开向导加载 {files}。</translation>
    </message>
    <message>
      <source>A source of cases needs a name of 1 to {longest} characters.</source>
      <translation>案卷来源的名称须为 1 至 {longest} 个字符。</translation>
    </message>
    <message>
      <source>A survey package of CityGrid: components for the field.</source>
      <translation>CityGrid 外业采集包：供外业采集部件。</translation>
    </message>
    <message>
      <source>A survey package with {grids} unit grids, {classes} classes and {known} known components.</source>
      <translation>外业采集包已生成：{grids} 个单元网格、{classes} 个小类、{known} 个已有部件。</translation>
    </message>
    <message>
      <source>A unit grid of only {area} m² would be left. Stay further away from the next limit.</source>
      <translation>会留下面积仅 {area} m² 的单元网格。请离相邻边界远一些。</translation>
    </message>
    <message>
      <source>Abandoned 废弃</source>
      <translation>废弃</translation>
    </message>
    <message>
      <source>Accepted</source>
      <translation>接收</translation>
    </message>
    <message>
      <source>Accurate filing 准确立案率</source>
      <translation>准确立案率</translation>
    </message>
    <message>
      <source>Accurate filing 准确立案率 = rightly filed / filed in the period, void ones included. Rightly filed is what the list says to be; where it says nothing, what was not made void afterwards. Cases without a filing time do not count.</source>
      <translation>准确立案率 = 准确立案数 / 该时段立案数（含作废案卷）。清单注明准确立案的计为准确；未注明时，事后未作废的计为准确。没有立案时间的案卷不计。</translation>
    </message>
    <message>
      <source>Add all files of the delivery at once: shapefiles, GeoPackages, tables, Excel, DXF, folders, zips.</source>
      <translation>一次添加本次成果的全部文件：Shapefile、GeoPackage、表格、Excel、DXF、文件夹、zip。</translation>
    </message>
    <message>
      <source>Add files…</source>
      <translation>添加文件…</translation>
    </message>
    <message>
      <source>Add folder…</source>
      <translation>添加文件夹…</translation>
    </message>
    <message>
      <source>Add layers to the map</source>
      <translation>将图层添加到地图</translation>
    </message>
    <message>
      <source>Address</source>
      <translation>地址</translation>
    </message>
    <message>
      <source>Against the mean</source>
      <translation>与平均值之差</translation>
    </message>
    <message>
      <source>All</source>
      <translation>全部</translation>
    </message>
    <message>
      <source>All cases</source>
      <translation>全部案卷</translation>
    </message>
    <message>
      <source>All cases by {group} and status, whatever their period. {moment}</source>
      <translation>按{group}和状态统计的全部案卷，不分时段。{moment}</translation>
    </message>
    <message>
      <source>All communities</source>
      <translation>所有社区</translation>
    </message>
    <message>
      <source>All files</source>
      <translation>所有文件</translation>
    </message>
    <message>
      <source>All of it is there already, so there is nothing to import.</source>
      <translation>这些记录都已入库，没有需要导入的内容。</translation>
    </message>
    <message>
      <source>All periods</source>
      <translation>全部时段</translation>
    </message>
    <message>
      <source>All rows, closed ones too</source>
      <translation>全部行，包括已关闭的</translation>
    </message>
    <message>
      <source>All tables are left out, so there is nothing to import.</source>
      <translation>所有表格都已排除，没有可导入的内容。</translation>
    </message>
    <message>
      <source>All together</source>
      <translation>合计</translation>
    </message>
    <message>
      <source>All was written before loading could be cancelled.</source>
      <translation>取消之前，全部内容已经写入。</translation>
    </message>
    <message>
      <source>All was written before the import could be cancelled.</source>
      <translation>取消之前已全部写入。</translation>
    </message>
    <message>
      <source>All words must occur, wherever: number, class, text, department, place, component</source>
      <translation>须包含所有词语，位置不限：编号、小类、描述、部门、地点、部件</translation>
    </message>
    <message>
      <source>All {count} cases ({moment}): {parts}.</source>
      <translation>全部{count}件案卷（{moment}）：{parts}。</translation>
    </message>
    <message>
      <source>Along streets</source>
      <translation>沿街道划分</translation>
    </message>
    <message>
      <source>Another code only</source>
      <translation>仅编码不同</translation>
    </message>
    <message>
      <source>Any folder or zip of shapefiles, ours or a stranger's</source>
      <translation>任何 shapefile 文件夹或压缩包，自己的或他人的均可</translation>
    </message>
    <message>
      <source>Any layer of the project, such as a table or view of PostgreSQL (add it with Layer ▸ Add Layer first). Its filter counts.</source>
      <translation>工程中的任意图层，例如 PostgreSQL 的表或视图（先用“图层 ▸ 添加图层”加入）。图层的过滤条件有效。</translation>
    </message>
    <message>
      <source>Any time</source>
      <translation>不限时间</translation>
    </message>
    <message>
      <source>Area</source>
      <translation>面积</translation>
    </message>
    <message>
      <source>Area (ha)</source>
      <translation>面积（公顷）</translation>
    </message>
    <message>
      <source>Area (m²)</source>
      <translation>面积（m²）</translation>
    </message>
    <message>
      <source>Area from which compounds are cut, too (m²; along streets)</source>
      <translation>院落面积超过此值时也予切分（m²；沿街道划分）</translation>
    </message>
    <message>
      <source>Area of a grid (m²)</source>
      <translation>网格面积（m²）</translation>
    </message>
    <message>
      <source>Area of all communities (m²)</source>
      <translation>全部社区面积（m²）</translation>
    </message>
    <message>
      <source>Area of all grids (m²)</source>
      <translation>全部网格面积（m²）</translation>
    </message>
    <message>
      <source>Areas of the map: streets, communities or grids</source>
      <translation>地图的区域：街道、社区或网格</translation>
    </message>
    <message>
      <source>As chosen above</source>
      <translation>按上面所选</translation>
    </message>
    <message>
      <source>As of</source>
      <translation>截至</translation>
    </message>
    <message>
      <source>As of {moment}</source>
      <translation>截至 {moment}</translation>
    </message>
    <message>
      <source>As the coordinate reference system says</source>
      <translation>按坐标参考系所示</translation>
    </message>
    <message>
      <source>Assign owners</source>
      <translation>确定网格归属</translation>
    </message>
    <message>
      <source>Assign people</source>
      <translation>分配责任人</translation>
    </message>
    <message>
      <source>Atlas</source>
      <translation>图集</translation>
    </message>
    <message>
      <source>Atlas of responsibility grids</source>
      <translation>责任网格图集</translation>
    </message>
    <message>
      <source>Authentication configuration for the service</source>
      <translation>服务的身份验证配置</translation>
    </message>
    <message>
      <source>BD-09</source>
      <translation>BD-09</translation>
    </message>
    <message>
      <source>BD-09 (Baidu)</source>
      <translation>BD-09（百度）</translation>
    </message>
    <message>
      <source>Back</source>
      <translation>上一步</translation>
    </message>
    <message>
      <source>Back in the office: run Import components on each filled layer of survey_data.gpkg (import_mapping.json).</source>
      <translation>回到内业：对 survey_data.gpkg 中每个采集图层运行“导入部件”（映射用 import_mapping.json）。</translation>
    </message>
    <message>
      <source>Barriers</source>
      <translation>阻隔要素</translation>
    </message>
    <message>
      <source>Barriers: streets, waters, railways, walls (lines or polygons)</source>
      <translation>阻隔要素：街道、水系、铁路、围墙（线或面）</translation>
    </message>
    <message>
      <source>Base layers, such as roads and water</source>
      <translation>底图图层，如道路、水系</translation>
    </message>
    <message>
      <source>Before: {count}.</source>
      <translation>原为 {count} 个。</translation>
    </message>
    <message>
      <source>Begins at</source>
      <translation>起点</translation>
    </message>
    <message>
      <source>Begins at (m)</source>
      <translation>起点里程（米）</translation>
    </message>
    <message>
      <source>Belt (where no coordinate reference system is chosen)</source>
      <translation>分带（未选择坐标参考系时）</translation>
    </message>
    <message>
      <source>Broken text</source>
      <translation>文字损坏</translation>
    </message>
    <message>
      <source>Browse the code schemes…</source>
      <translation>浏览代码体系…</translation>
    </message>
    <message>
      <source>Buildings, components or other objects</source>
      <translation>建筑物、部件或其他对象</translation>
    </message>
    <message>
      <source>By</source>
      <translation>统计对象</translation>
    </message>
    <message>
      <source>By class</source>
      <translation>按类别</translation>
    </message>
    <message>
      <source>By community</source>
      <translation>按社区</translation>
    </message>
    <message>
      <source>By department</source>
      <translation>按部门</translation>
    </message>
    <message>
      <source>By open cases</source>
      <translation>按未结案卷数</translation>
    </message>
    <message>
      <source>By open cases per 10,000 m²</source>
      <translation>按每万平方米未结案卷数</translation>
    </message>
    <message>
      <source>By overdue share</source>
      <translation>按超期比例</translation>
    </message>
    <message>
      <source>By overdue time</source>
      <translation>按超期时间</translation>
    </message>
    <message>
      <source>By owner</source>
      <translation>按责任人</translation>
    </message>
    <message>
      <source>By rule</source>
      <translation>按规定</translation>
    </message>
    <message>
      <source>By status</source>
      <translation>按状态</translation>
    </message>
    <message>
      <source>By street</source>
      <translation>按街道汇总</translation>
    </message>
    <message>
      <source>By the city's rule</source>
      <translation>按城市规定</translation>
    </message>
    <message>
      <source>By the national rule</source>
      <translation>按国家规定</translation>
    </message>
    <message>
      <source>By the shape of the responsibility grid</source>
      <translation>按责任网格的形状</translation>
    </message>
    <message>
      <source>By water</source>
      <translation>按水体</translation>
    </message>
    <message>
      <source>CGCS2000, 3-degree belt</source>
      <translation>CGCS2000，3 度带</translation>
    </message>
    <message>
      <source>CGCS2000, 3-degree belt, zone number in the easting</source>
      <translation>CGCS2000，3 度带，东坐标带带号</translation>
    </message>
    <message>
      <source>CGCS2000, 6-degree belt</source>
      <translation>CGCS2000，6 度带</translation>
    </message>
    <message>
      <source>CGCS2000, 6-degree belt, zone number in the easting</source>
      <translation>CGCS2000，6 度带，东坐标带带号</translation>
    </message>
    <message>
      <source>COUNTS cannot be read: {why}. Write the number of responsibility grids of each community as JSON, such as {{"330203001001": 6}}.</source>
      <translation>COUNTS 无法读取：{why}。请用 JSON 写明各社区的责任网格数，例如 {{"330203001001": 6}}。</translation>
    </message>
    <message>
      <source>CQSZ10-2007 / CJ/T 214-2007</source>
      <translation>CQSZ10-2007 / CJ/T 214-2007</translation>
    </message>
    <message>
      <source>CSV files (*.csv)</source>
      <translation>CSV 文件 (*.csv)</translation>
    </message>
    <message>
      <source>CSV in any usual encoding, Excel, GeoPackage, GeoJSON, JSON lines. A file can also be dropped here.</source>
      <translation>常用编码的 CSV、Excel、GeoPackage、GeoJSON、JSON Lines。也可以把文件拖到这里。</translation>
    </message>
    <message>
      <source>Cancel</source>
      <translation>取消</translation>
    </message>
    <message>
      <source>Cancelled. Nothing was written.</source>
      <translation>已取消，未写入任何内容。</translation>
    </message>
    <message>
      <source>Cancelled. What was loaded before stays.</source>
      <translation>已取消。此前载入的案卷保持不变。</translation>
    </message>
    <message>
      <source>Case</source>
      <translation>案卷</translation>
    </message>
    <message>
      <source>Case number</source>
      <translation>案卷编号</translation>
    </message>
    <message>
      <source>Case or row</source>
      <translation>案卷或行</translation>
    </message>
    <message>
      <source>Cases</source>
      <translation>案卷</translation>
    </message>
    <message>
      <source>Cases are being loaded in another window.</source>
      <translation>另一个窗口正在载入案卷。</translation>
    </message>
    <message>
      <source>Cases by period, all together.</source>
      <translation>各时段案卷数（合计）。</translation>
    </message>
    <message>
      <source>Cases finished before they began</source>
      <translation>结束早于开始的案卷</translation>
    </message>
    <message>
      <source>Cases in another community than they name</source>
      <translation>所在社区与所填社区不同的案卷</translation>
    </message>
    <message>
      <source>Cases in another grid than they name</source>
      <translation>所在网格与所填网格不同的案卷</translation>
    </message>
    <message>
      <source>Cases outside all unit grids</source>
      <translation>在所有单元网格之外的案卷</translation>
    </message>
    <message>
      <source>Cases that count – {period}</source>
      <translation>计入统计的案卷 – {period}</translation>
    </message>
    <message>
      <source>Cases that name an unknown component</source>
      <translation>所填部件不存在的案卷</translation>
    </message>
    <message>
      <source>Cases that name an unknown grid</source>
      <translation>所填网格不存在的案卷</translation>
    </message>
    <message>
      <source>Cases with a deadline before their beginning</source>
      <translation>截止时间早于开始的案卷</translation>
    </message>
    <message>
      <source>Census records (file or layer)</source>
      <translation>普查记录（文件或图层）</translation>
    </message>
    <message>
      <source>Chainages beyond the end of a road</source>
      <translation>超出道路终点的里程</translation>
    </message>
    <message>
      <source>Change</source>
      <translation>变动</translation>
    </message>
    <message>
      <source>Change of rank</source>
      <translation>名次变化</translation>
    </message>
    <message>
      <source>Change of the on-time rate 环比</source>
      <translation>按期结案率环比</translation>
    </message>
    <message>
      <source>Change 环比: against the whole period before, of rates in percentage points; the range before has as many days, or as many months where the range is whole months. Empty where the cases begin only after a tenth of that period.</source>
      <translation>环比：与整个上一时段相比，比率以百分点计；自选时段的上一时段天数相同，自选时段为整月时则月数相同。案卷始于上一时段过了十分之一之后的，为空。</translation>
    </message>
    <message>
      <source>Changed field names</source>
      <translation>改动的字段名</translation>
    </message>
    <message>
      <source>Changed values</source>
      <translation>有改动的值</translation>
    </message>
    <message>
      <source>Changes between plans</source>
      <translation>方案间变化</translation>
    </message>
    <message>
      <source>Changes between plans, by owner</source>
      <translation>方案间变化统计</translation>
    </message>
    <message>
      <source>Changes of the components imported before</source>
      <translation>已导入部件的变更</translation>
    </message>
    <message>
      <source>Check</source>
      <translation>检查</translation>
    </message>
    <message>
      <source>Check again</source>
      <translation>重新检查</translation>
    </message>
    <message>
      <source>Check delivery</source>
      <translation>检查成果</translation>
    </message>
    <message>
      <source>Check of the delivery {name}</source>
      <translation>成果检查：{name}</translation>
    </message>
    <message>
      <source>Check of the unit grid</source>
      <translation>单元网格检查</translation>
    </message>
    <message>
      <source>Check river setback</source>
      <translation>检查河道退让距离</translation>
    </message>
    <message>
      <source>Check the address: it ends before requests.json.</source>
      <translation>请检查地址：到 requests.json 之前为止。</translation>
    </message>
    <message>
      <source>Check the unit grid as it is now, with the changes that are not saved yet.</source>
      <translation>检查单元网格的当前状态，包括尚未保存的更改。</translation>
    </message>
    <message>
      <source>Check unit grid</source>
      <translation>检查单元网格</translation>
    </message>
    <message>
      <source>Checks a folder or zip of shapefiles as an acceptance check does, ours or a stranger's. Nothing is changed.

Files: missing parts (.shx, .dbf, .prj, .cpg), names, numbers of shapes and rows, the count table.
Encoding: .cpg and language id against the bytes, broken text.
Fields: missing ones, types and widths against the field dictionary, texts that were perhaps cut. The widths are known from other systems and excerpts only, so another width is a warning; a city's own dictionary can be given.
Codes: digits, repeated codes, parents, classes and their names by the code scheme, ids of another class, codes of rows that are not in the delivery, dates.
Places: gaps and overlaps of unit grids and the other errors of Check unit grid, components and cases outside the grids or in another one than BGID says, one coordinate reference system for all, a belt of CGCS2000 that the coordinates fit.

What a file holds is told by its fields (BGID, ObjID, CaseID … or their Chinese names) and by its name (BJ0101, unit_grid, 单元网格 …). The unit grid is checked against the communities where these are in the delivery, else for holes and overlaps only. Each problem is a row with file, row, field, code and, where it has one, its place. The row is the number of the record in the .dbf, from 1, with deleted ones counted: the feature id that QGIS shows ($id), and one.

A count table states file names and numbers of rows; it speaks of the folder that it lies in. Names in it are taken with their folders and in their case where that is needed to tell files apart.</source>
      <translation>检查由 Shapefile 组成的文件夹或 zip，如同成果验收；可检查本软件的成果，也可检查他人的成果。不做任何修改。

文件：缺少的组成文件（.shx、.dbf、.prj、.cpg）、文件名、图形数与记录数、数量统计表。
编码：.cpg 和语言标识与实际字节是否一致，文字是否损坏。
字段：对照字段字典检查缺少的字段、类型和宽度，以及可能被截断的文字。字段宽度只从其他系统和摘录得知，因此宽度不同只作警告；可以给出本市自己的字典。
代码：位数、重复、上级代码、按代码方案检查类别及其名称、标识码的类别、成果中不存在的代码、日期。
位置：单元网格的空隙和重叠以及“检查单元网格”的其他错误，部件和案卷在网格之外或与 BGID 不符，坐标参考系是否统一，是否为 CGCS2000 分带且与坐标相符。

文件的内容由字段（BGID、ObjID、CaseID 等或其中文名）和文件名（BJ0101、unit_grid、单元网格等）判断。成果中有社区时按社区检查单元网格，否则只检查空洞和重叠。每个问题为一行，含文件、行、字段、代码，有位置的还有位置。行号是 .dbf 中的记录号，从 1 起，已删除的记录也计入：即 QGIS 显示的要素 id（$id）加一。

数量统计表列出文件名和行数，只针对它所在的文件夹。表中的名称在需要区分文件时，按其所在文件夹和大小写对应。</translation>
    </message>
    <message>
      <source>Checks a unit grid, made here or drawn elsewhere, against its communities.

Errors: gaps, overlaps, grids that reach out of their community, several parts, crossing outlines, no area; codes that are missing, malformed, repeated, of another length, or those of a closed grid; codes of community, street, district and place that disagree; communities and streets without a grid.
Warnings: grids that are too small, too large or thin; spikes; corners that a neighbour lacks on the common edge.
Notes: communities numbered in another order than west to east, north to south. After a renewal that kept codes, that is as it should be; the number of problems leaves notes out.

Each problem is a polygon with its kind, severity, the code of the grid, and a sentence. Residues under 0.5 m² or up to 1 cm wide are passed over, and so is a grid that is small or thin because it fills its community. Grids with an end date (CHDate) are closed: only their codes count. Without a field BGID, codes are not checked.

The report holds the counts, a histogram of the areas and a map. With barriers, it also tells how well the grid follows them.</source>
      <translation>将单元网格（由本插件生成或在别处绘制）与其社区对照检查。

错误：缝隙、重叠、越出所属社区的网格、由多个部分组成的网格、自相交的边界、没有面积的网格；缺失、格式错误、重复、位数不同或与已终止网格相同的编码；社区、街道、区的编码与所在位置不符；没有网格的社区和街道。
警告：过小、过大或狭长的网格；尖刺；公共边上相邻网格缺少的顶点。
提示：未按自西向东、由北向南次序编号的社区。沿用原编码更新之后，这属于正常情况；问题数不含提示。

每个问题为一个面，带有类型、严重程度、网格编码和说明。面积小于 0.5 m² 或宽度不超过 1 cm 的残余忽略不计；因占满整个社区而过小或狭长的网格也不列为问题。有终止日期（CHDate）的网格已经终止，只检查其编码。没有 BGID 字段时不检查编码。

报告含各类问题的数量、面积直方图和地图。给出阻隔要素时，还说明网格与阻隔要素的贴合程度。</translation>
    </message>
    <message>
      <source>China (CN)</source>
      <translation>中国（CN）</translation>
    </message>
    <message>
      <source>Chinese ones of the field dictionary</source>
      <translation>字段字典中的中文名</translation>
    </message>
    <message>
      <source>Chongqing's local standard on top of CJ/T 214-2007: 85 component and 50 event classes, and the major 21 for the city. The texts of both standards were not available; the classes come from other tables that cite them. The numbers of Chongqing's own 11 and 9 local classes are not published.</source>
      <translation>重庆市地方标准，以 CJ/T 214-2007 为基础：85 类部件、50 类事件，大类 21 留给城市扩展。两个标准的原文未能取得，类别来自引用它们的其他表格。重庆自有的 11 类部件和 9 类事件扩展的代码未公布。</translation>
    </message>
    <message>
      <source>Choose a class of the major class above.</source>
      <translation>请选择上面大类中的小类。</translation>
    </message>
    <message>
      <source>Choose a class on the left.</source>
      <translation>请在左侧选择一个类别。</translation>
    </message>
    <message>
      <source>Choose a line layer of streets in the panel first: the flood ends at its lines.</source>
      <translation>请先在面板中选择道路线图层：填充到这些线为止。</translation>
    </message>
    <message>
      <source>Choose a responsibility grid first: click one on the map or in the list.</source>
      <translation>请先选择一个责任网格：在地图上或列表中单击。</translation>
    </message>
    <message>
      <source>Choose a responsibility grid in the list, then click a unit grid: all that is reached from it without crossing a street goes to the chosen one.</source>
      <translation>先在列表中选择一个责任网格，再单击一个单元网格：从它出发不穿过道路能到达的所有单元网格都归入所选责任网格。</translation>
    </message>
    <message>
      <source>Choose a responsibility grid in the list, then draw a rectangle: the unit grids whose middle lies in it go to the chosen one. Esc gives up.</source>
      <translation>先在列表中选择一个责任网格，再画矩形：中心位于矩形内的单元网格归入所选责任网格。按 Esc 放弃。</translation>
    </message>
    <message>
      <source>Choose a responsibility grid in the list, then draw around unit grids with the button down: those whose middle lies inside go to the chosen one. Esc gives up.</source>
      <translation>先在列表中选择一个责任网格，再按住鼠标左键圈选单元网格：中心位于圈内的归入所选责任网格。按 Esc 放弃。</translation>
    </message>
    <message>
      <source>Choose an authentication configuration of QGIS that is allowed to read it.</source>
      <translation>请选择有权读取的 QGIS 身份验证配置。</translation>
    </message>
    <message>
      <source>Choose both columns, that with x and that with y.</source>
      <translation>请同时选择 x 列和 y 列。</translation>
    </message>
    <message>
      <source>Choose it above.</source>
      <translation>请在上方选择。</translation>
    </message>
    <message>
      <source>Choose it above. It is taken for the other files that do not say theirs, too: {count}.</source>
      <translation>请在上方选择。其他未说明坐标参考系的文件（{count} 个）也将采用它。</translation>
    </message>
    <message>
      <source>Choose one: a folder in FOLDER, or a zip or shapefile in FILE.</source>
      <translation>请只选一项：FOLDER 中的文件夹，或 FILE 中的压缩包或 shapefile。</translation>
    </message>
    <message>
      <source>Choose one: a list of cases in INPUT, or an Open311 service in SERVICE_URL.</source>
      <translation>请任选其一：INPUT 中的案卷清单，或 SERVICE_URL 中的 Open311 服务。</translation>
    </message>
    <message>
      <source>Choose the file of “{name}”, or another entry than a table.</source>
      <translation>请为“{name}”选择文件，或改选表格以外的选项。</translation>
    </message>
    <message>
      <source>Choose the major class.</source>
      <translation>请选择大类。</translation>
    </message>
    <message>
      <source>Choose the state.</source>
      <translation>请选择状态。</translation>
    </message>
    <message>
      <source>Choose two or more responsibility grids in the list that lie side by side.</source>
      <translation>请在列表中选择两个或更多相邻的责任网格。</translation>
    </message>
    <message>
      <source>Choose two or more unit grids that lie side by side.</source>
      <translation>请选择两个或更多相邻的单元网格。</translation>
    </message>
    <message>
      <source>Choose unit grids side by side and make one of them</source>
      <translation>选择相邻的单元网格并合并为一个</translation>
    </message>
    <message>
      <source>Choose what to do.</source>
      <translation>请选择要进行的操作。</translation>
    </message>
    <message>
      <source>Chosen: {count}. Right-click or Enter merges them.</source>
      <translation>已选 {count} 个。右击或按回车键合并。</translation>
    </message>
    <message>
      <source>City</source>
      <translation>城市</translation>
    </message>
    <message>
      <source>CityGrid</source>
      <translation>CityGrid</translation>
    </message>
    <message>
      <source>CityGrid met an error of its own ({error}). The CityGrid tab of the log holds the details.</source>
      <translation>CityGrid 自身出错（{error}）。详情见日志的 CityGrid 选项卡。</translation>
    </message>
    <message>
      <source>CityGrid panel</source>
      <translation>CityGrid 面板</translation>
    </message>
    <message>
      <source>Class</source>
      <translation>类别</translation>
    </message>
    <message>
      <source>Class code</source>
      <translation>类别代码</translation>
    </message>
    <message>
      <source>Class name</source>
      <translation>小类名称</translation>
    </message>
    <message>
      <source>Classes</source>
      <translation>类别</translation>
    </message>
    <message>
      <source>Classes that the name of the file does not say</source>
      <translation>与文件名不符的类别</translation>
    </message>
    <message>
      <source>Clear all</source>
      <translation>全部清除</translation>
    </message>
    <message>
      <source>Click a case to see its history.</source>
      <translation>点击案卷可查看其办理过程。</translation>
    </message>
    <message>
      <source>Click a grid: all grids of its community get new codes in the order of numbering; the old codes are closed.</source>
      <translation>单击一个网格：其所在社区的全部网格按编号次序取得新编码，原编码终止。</translation>
    </message>
    <message>
      <source>Click a line across the grids to divide, from limit to limit. Right-click or Enter divides, Backspace takes the last point back, Esc gives up.</source>
      <translation>依次单击画线，从边界到边界横穿要拆分的网格。右击或按回车键拆分，退格键撤回上一点，Esc 键放弃。</translation>
    </message>
    <message>
      <source>Click the grids to merge: side by side, in one community. Right-click or Enter merges them, Esc chooses none.</source>
      <translation>单击要合并的网格：须相邻且属于同一社区。右击或按回车键合并，Esc 键取消选择。</translation>
    </message>
    <message>
      <source>Click to see the place on the map.</source>
      <translation>单击可在地图上查看其位置。</translation>
    </message>
    <message>
      <source>Close</source>
      <translation>关闭</translation>
    </message>
    <message>
      <source>Closed</source>
      <translation>已结案</translation>
    </message>
    <message>
      <source>Closed (in no new grid)</source>
      <translation>终止（不在任何新网格内）</translation>
    </message>
    <message>
      <source>Closed at the moment</source>
      <translation>该时刻已结案</translation>
    </message>
    <message>
      <source>Closed cases</source>
      <translation>已结案案卷</translation>
    </message>
    <message>
      <source>Closed late</source>
      <translation>逾期结案</translation>
    </message>
    <message>
      <source>Closed on time</source>
      <translation>按期结案</translation>
    </message>
    <message>
      <source>Closed on time 按期结案数: due cases that were finished no later than their deadline.</source>
      <translation>按期结案数：应结案案卷中办结时间不晚于截止时间的案卷。</translation>
    </message>
    <message>
      <source>Closed on time: counts</source>
      <translation>计入按期结案</translation>
    </message>
    <message>
      <source>Closed or void</source>
      <translation>已结案或作废</translation>
    </message>
    <message>
      <source>Closed unit grids</source>
      <translation>已终止的单元网格</translation>
    </message>
    <message>
      <source>Closed 结案数: due cases that are closed.</source>
      <translation>结案数：应结案案卷中已结案的案卷。</translation>
    </message>
    <message>
      <source>Closed, no deadline or time known</source>
      <translation>已结案，期限或时间不明</translation>
    </message>
    <message>
      <source>Closed: counts</source>
      <translation>计入结案</translation>
    </message>
    <message>
      <source>Closed: {codes}.</source>
      <translation>终止：{codes}。</translation>
    </message>
    <message>
      <source>Closing rate</source>
      <translation>结案率</translation>
    </message>
    <message>
      <source>Closing rate 结案率</source>
      <translation>结案率</translation>
    </message>
    <message>
      <source>Closing rate 结案率 = closed / due.</source>
      <translation>结案率 = 结案数 / 应结案数。</translation>
    </message>
    <message>
      <source>Clusters of cases</source>
      <translation>案卷聚合</translation>
    </message>
    <message>
      <source>Code</source>
      <translation>编码</translation>
    </message>
    <message>
      <source>Code of the major class</source>
      <translation>大类代码</translation>
    </message>
    <message>
      <source>Code or name, in Chinese or English</source>
      <translation>代码或名称，中英文均可</translation>
    </message>
    <message>
      <source>Code scheme</source>
      <translation>代码体系</translation>
    </message>
    <message>
      <source>Code scheme: {scheme}</source>
      <translation>代码方案：{scheme}</translation>
    </message>
    <message>
      <source>Code schemes</source>
      <translation>代码体系</translation>
    </message>
    <message>
      <source>Code tables</source>
      <translation>代码表</translation>
    </message>
    <message>
      <source>Codes given more than once</source>
      <translation>重复的编码</translation>
    </message>
    <message>
      <source>Codes of another community</source>
      <translation>属于其他社区的编码</translation>
    </message>
    <message>
      <source>Codes of another length</source>
      <translation>位数不同的编码</translation>
    </message>
    <message>
      <source>Codes of closed grids given again</source>
      <translation>重新使用了已终止网格的编码</translation>
    </message>
    <message>
      <source>Codes of several segments</source>
      <translation>一个编号用于多个路段</translation>
    </message>
    <message>
      <source>Codes of unknown communities</source>
      <translation>编码所指社区不存在</translation>
    </message>
    <message>
      <source>Codes of unknown parents</source>
      <translation>上级代码不存在</translation>
    </message>
    <message>
      <source>Codes of unknown streets</source>
      <translation>编码所指街道不存在</translation>
    </message>
    <message>
      <source>Codes that do not begin with their parent's</source>
      <translation>不以上级代码开头的代码</translation>
    </message>
    <message>
      <source>Column with x, longitude or easting</source>
      <translation>x、经度或东坐标所在列</translation>
    </message>
    <message>
      <source>Column with y, latitude or northing</source>
      <translation>y、纬度或北坐标所在列</translation>
    </message>
    <message>
      <source>Columns of that table (JSON, or the path of a JSON file)</source>
      <translation>该表的列（JSON，或 JSON 文件的路径）</translation>
    </message>
    <message>
      <source>Columns with the same name were renamed: {names}.</source>
      <translation>同名列已改名：{names}。</translation>
    </message>
    <message>
      <source>Communities</source>
      <translation>社区</translation>
    </message>
    <message>
      <source>Communities (those of the workspace or the unit grid)</source>
      <translation>社区（为空时取工作空间或单元网格的社区）</translation>
    </message>
    <message>
      <source>Communities numbered in another order</source>
      <translation>编号次序不同的社区</translation>
    </message>
    <message>
      <source>Communities with codes</source>
      <translation>带编码的社区</translation>
    </message>
    <message>
      <source>Communities without a grid</source>
      <translation>没有网格的社区</translation>
    </message>
    <message>
      <source>Communities, for cases without coordinates</source>
      <translation>社区（用于没有坐标的案卷）</translation>
    </message>
    <message>
      <source>Community</source>
      <translation>社区</translation>
    </message>
    <message>
      <source>Community code</source>
      <translation>社区编码</translation>
    </message>
    <message>
      <source>Community codes with several names</source>
      <translation>一个社区编码对应多个名称</translation>
    </message>
    <message>
      <source>Community owner</source>
      <translation>社区责任人</translation>
    </message>
    <message>
      <source>Community {community} has {cells} unit grids, so it cannot have {count} responsibility grids. Give it at least 1 and at most {cells}.</source>
      <translation>社区 {community} 有 {cells} 个单元网格，因此不能设 {count} 个责任网格。请设为 1 至 {cells} 个。</translation>
    </message>
    <message>
      <source>Community {community} is to have {count} responsibility grids, {locked} of them locked, with {cells} unit grids outside the locked ones. Give it at least {least} and at most {most}, or unlock some.</source>
      <translation>社区 {community} 要设 {count} 个责任网格，其中 {locked} 个已锁定，锁定之外还有 {cells} 个单元网格。请设为 {least} 至 {most} 个，或解除部分锁定。</translation>
    </message>
    <message>
      <source>Compactness</source>
      <translation>紧凑度</translation>
    </message>
    <message>
      <source>Compare</source>
      <translation>比较</translation>
    </message>
    <message>
      <source>Compare plans</source>
      <translation>比较方案</translation>
    </message>
    <message>
      <source>Compare two plans, or one with what is on the map.</source>
      <translation>选两个方案互相比较，或选一个方案与地图上的内容比较。</translation>
    </message>
    <message>
      <source>Compares two plans of responsibility grids of a workspace: a map of the unit grids that changed hands, and a table of how many went from which responsibility grid and owner to which.

A plan is named as in the list of plans; an empty name is what is on the map now (the layers zoned_grid and responsibility_grids).

Responsibility grids of the two plans are taken as the same by their largest common area, one each, whatever their codes are; so a new code alone is no change of hands.</source>
      <translation>比较工作区中的两个责任网格方案：给出归属有变化的单元网格图，以及由哪个责任网格和责任人转到哪个责任网格和责任人的统计表。

方案按方案列表中的名称填写；留空表示当前地图上的内容（图层 zoned_grid 和 responsibility_grids）。

两个方案中的责任网格按最大公共面积一一对应，与编码无关；因此仅编码改变不算归属变化。</translation>
    </message>
    <message>
      <source>Comparison of plans</source>
      <translation>方案比较</translation>
    </message>
    <message>
      <source>Competent department</source>
      <translation>主管部门</translation>
    </message>
    <message>
      <source>Competent department, code</source>
      <translation>主管部门代码</translation>
    </message>
    <message>
      <source>Component</source>
      <translation>部件</translation>
    </message>
    <message>
      <source>Component census</source>
      <translation>部件普查</translation>
    </message>
    <message>
      <source>Component classes that are named on a page; the rest are the others</source>
      <translation>每页列出的部件小类数；其余归入其他</translation>
    </message>
    <message>
      <source>Component code</source>
      <translation>部件标识码</translation>
    </message>
    <message>
      <source>Component id</source>
      <translation>部件标识码</translation>
    </message>
    <message>
      <source>Component survey</source>
      <translation>部件普查外业</translation>
    </message>
    <message>
      <source>Component {code}</source>
      <translation>部件 {code}</translation>
    </message>
    <message>
      <source>Components</source>
      <translation>部件</translation>
    </message>
    <message>
      <source>Components and events</source>
      <translation>部件和事件</translation>
    </message>
    <message>
      <source>Components imported before</source>
      <translation>此前已导入的部件</translation>
    </message>
    <message>
      <source>Components imported before are</source>
      <translation>已导入的部件</translation>
    </message>
    <message>
      <source>Components imported before: {counts}.</source>
      <translation>已导入的部件：{counts}。</translation>
    </message>
    <message>
      <source>Components of the class {value} usually are of another geometry type.</source>
      <translation>小类 {value} 的部件通常是另一种几何类型。</translation>
    </message>
    <message>
      <source>Components that get an end date, since the delivery lacks them: {count}.</source>
      <translation>因本次成果中缺失而将填写终止日期的部件：{count} 个。</translation>
    </message>
    <message>
      <source>Components, for cases without coordinates</source>
      <translation>部件（用于没有坐标的案卷）</translation>
    </message>
    <message>
      <source>Components: areas</source>
      <translation>部件（面）</translation>
    </message>
    <message>
      <source>Components: lines</source>
      <translation>部件（线）</translation>
    </message>
    <message>
      <source>Components: one file a class, named BJ0101</source>
      <translation>部件：每个类别一个文件，命名如 BJ0101</translation>
    </message>
    <message>
      <source>Components: one file a class, named by the class</source>
      <translation>部件：每个类别一个文件，以类别名称命名</translation>
    </message>
    <message>
      <source>Components: points</source>
      <translation>部件（点）</translation>
    </message>
    <message>
      <source>Compounds</source>
      <translation>院落</translation>
    </message>
    <message>
      <source>Compounds to keep whole (along streets only)</source>
      <translation>保持完整的院落、封闭地块（仅用于沿街道划分）</translation>
    </message>
    <message>
      <source>Constant or rule</source>
      <translation>常量或规则</translation>
    </message>
    <message>
      <source>Content</source>
      <translation>内容</translation>
    </message>
    <message>
      <source>Coordinate reference system</source>
      <translation>坐标参考系</translation>
    </message>
    <message>
      <source>Coordinate reference system (each layer's own if empty)</source>
      <translation>坐标参考系（留空则保持各图层自身的坐标系）</translation>
    </message>
    <message>
      <source>Coordinate reference system of a file that states none</source>
      <translation>文件未注明时采用的坐标参考系</translation>
    </message>
    <message>
      <source>Coordinate reference systems that are no belt of CGCS2000</source>
      <translation>不是 CGCS2000 分带的坐标参考系</translation>
    </message>
    <message>
      <source>Coordinates</source>
      <translation>坐标</translation>
    </message>
    <message>
      <source>Coordinates are</source>
      <translation>坐标类型</translation>
    </message>
    <message>
      <source>Coordinates outside their belt</source>
      <translation>超出分带范围的坐标</translation>
    </message>
    <message>
      <source>Coordinates that do not fit their coordinate reference system</source>
      <translation>与坐标参考系不符的坐标</translation>
    </message>
    <message>
      <source>Copy code</source>
      <translation>复制代码</translation>
    </message>
    <message>
      <source>Copy the plan</source>
      <translation>复制方案</translation>
    </message>
    <message>
      <source>Copy to edit…</source>
      <translation>另存后编辑…</translation>
    </message>
    <message>
      <source>Copy…</source>
      <translation>复制…</translation>
    </message>
    <message>
      <source>Corners that the neighbour lacks</source>
      <translation>相邻网格缺少的顶点</translation>
    </message>
    <message>
      <source>Correct the responsibility grids</source>
      <translation>修正责任网格</translation>
    </message>
    <message>
      <source>Correct the unit grid</source>
      <translation>修正单元网格</translation>
    </message>
    <message>
      <source>Count</source>
      <translation>数量</translation>
    </message>
    <message>
      <source>Count table (where it does not lie among the files)</source>
      <translation>数量统计表（不在成果文件之中时）</translation>
    </message>
    <message>
      <source>Country whose holidays a Python package fills in, such as CN (none if empty)</source>
      <translation>由 Python 包补充节假日的国家，例如 CN（留空则不补充）</translation>
    </message>
    <message>
      <source>Counts by file, class and rule</source>
      <translation>按文件、小类和规则统计</translation>
    </message>
    <message>
      <source>Counts that differ from the count table</source>
      <translation>与数量统计表不符的记录数</translation>
    </message>
    <message>
      <source>Counts the cases of a layer made by “Load cases” by department, street, community, responsibility grid or source, in the whole range or by week, half month, month, quarter or half year, ranks them, and compares each period with the one before.

Filed (FiledCnt): filed in the period; where there is no filing time, reported.
Due (DueCnt): the deadline lies in the period, and the case is closed or overdue. A case that is still inside its limit, suspended or without a deadline is not due.
Closed (ClosedCnt), closed on time (OnTimeCnt: finished no later than the deadline) and overdue (OverdueCnt): of the due ones.
Closing rate 结案率 (CloseRate) = closed / due; on-time rate 按期结案率 (OnTimeRate) = closed on time / due; shares from 0 to 1, empty where nothing was due.
Handled on time 按时处置率 (HandleRate), return rate 返工率 (ReturnRate), accurate filing 准确立案率 (AccurRate), mean and 90th percentile of the handling time in hours (MeanHours, P90Hours) and the changes against the period before (FiledDiff, CloseDiff, OnTimeDiff, RankDiff: places gained) are defined under the table of the report.
Void cases count as filed wrongly only. Weeks run from Monday to Sunday (ISO 8601), the first half of a month to the 15th.

Rank goes by the on-time rate; equal rates share a place. The report calls out the last two places of each period. Cases that belong to nobody are counted but not ranked. Where the cases belong to the departments of Chongqing (CQSZ10-2007), all of them are listed.

Status: told anew, for now or for the moment given, so that the figures agree with the map, which follows the clock. With a moment given, what was reported, filed, handled or finished later does not count: the figures are as they would have been then. Of a layer without the field Stage the status counts as it is.

The report holds a summary in sentences for the bulletin, charts, tables and definitions; of several periods it speaks of the last one that is over. With areas (streets, communities, responsibility grids, or unit grids with these fields) it has a map, and areas without a case are listed as well. By department and source, the map shows the unfinished cases by status. The workbook (.xlsx) holds the same with charts of Excel's own, all periods and, if wanted, the cases that count. No text is ever a formula there.</source>
      <translation>对“载入案卷”生成的图层按部门、街道、社区、责任网格或来源统计案卷，可统计整个时段，也可按周、半月、月、季度或半年统计，并排名，且与上一时段比较。

立案数（FiledCnt）：该时段内立案的案卷；没有立案时间时按上报时间。
应结案数（DueCnt）：截止时间在该时段内，且已结案或超期的案卷。尚在时限之内、挂账或没有截止时间的案卷不计。
其中：结案数（ClosedCnt）、按期结案数（OnTimeCnt：办结时间不晚于截止时间）和超期数（OverdueCnt）。
结案率（CloseRate）= 结案数 / 应结案数；按期结案率（OnTimeRate）= 按期结案数 / 应结案数；取值 0 至 1，没有应结案案卷时为空。
按时处置率（HandleRate）、返工率（ReturnRate）、准确立案率（AccurRate）、处理时长的平均值和 90% 分位值（MeanHours、P90Hours，单位小时）以及与上一时段相比的变化（FiledDiff、CloseDiff、OnTimeDiff、RankDiff：上升的名次），其定义见报告表下。
作废案卷只计为立案不准确。每周从周一到周日（ISO 8601），上半月到 15 日为止。

按期结案率决定名次，相同者并列。报告点名列出每个时段的最后两名。没有归属的案卷只统计、不排名。案卷属于重庆（CQSZ10-2007）的部门时，列出其全部部门。

状态：按现在或给定的时刻重新判定，使数字与随时钟变化的地图一致。给定时刻时，此后上报、立案、处置或结案的不计：数字就是当时的数字。没有 Stage 字段的图层，状态以其所载为准。

报告含有可直接用于通报的文字摘要、图表、表格和指标定义；有多个时段时，摘要说的是最近一个已结束的时段。给出区域（街道、社区、责任网格，或带有这些字段的单元网格）时附地图，没有案卷的区域也列出。按部门和来源统计时，地图按状态显示未结案卷。工作簿（.xlsx）内容相同，图表为 Excel 原生图表，另有全部时段，并可列出计入统计的案卷。其中的文字绝不会成为公式。</translation>
    </message>
    <message>
      <source>Create responsibility grids</source>
      <translation>划分责任网格</translation>
    </message>
    <message>
      <source>Create unit grid</source>
      <translation>创建单元网格</translation>
    </message>
    <message>
      <source>Crossings that a road does not have</source>
      <translation>道路上不存在的路口</translation>
    </message>
    <message>
      <source>Crossings with the same street at several places</source>
      <translation>与同一条路有多处相交</translation>
    </message>
    <message>
      <source>Crosswalk from the previous unit grid</source>
      <translation>与原单元网格的编码对照表</translation>
    </message>
    <message>
      <source>Crosswalk of the unit grid</source>
      <translation>单元网格编码对照表</translation>
    </message>
    <message>
      <source>Cut texts</source>
      <translation>被截断的文字</translation>
    </message>
    <message>
      <source>Cuts communities into unit grids of about 10,000 m² and codes them. Every grid is one polygon in one community; grids share their edges exactly.

Regular squares lie on one lattice for the whole CRS, so neighbouring districts and later runs align. They are clipped to the communities; a piece smaller than the least share of a cell joins the neighbour in its community with which it shares the longest edge.

Along streets, the barriers divide each community into blocks. Blocks too large are cut into compact parts of similar area: along dead-end streets where the sizes allow, else square to their long side. Blocks too small merge across the weakest barrier, never across a community limit, and across a strong barrier only where there is no other way. Ends that miss a crossing by a few metres are closed, and the strip between two carriageways makes no grid of its own. Compounds are not cut, unless they are larger than their limit.

Barriers are strong, normal or weak, as the strength field says (0 to 3, or none, weak, normal, strong). Layers of OpenStreetMap without that field go by their classes: motorways, trunk roads, railways, rivers, coasts and the shores of waters are strong; other streets, walls and fences normal; service ways, tracks, trams, streams and ditches weak; footways, driveways, and roads and railways in tunnels bound nothing. In all other layers every line and outline is normal.

Fields that are not chosen are found by name: CommCode, CommName, StrCode, StrName, 社区名称, 街道名称 and the like. Codes are the community code and a number, west to east, north to south. Communities without codes get them from the table of division codes by name; the others are numbered and marked as provisional.

With the previous unit grid, a grid that is essentially the same keeps its code, new ones get numbers that were never used, and those that are gone stay in the layer with an end date. The crosswalk lists what became of each; in a workspace, its rows are added to those that are there.

A layer in degrees or in web map metres is measured in the local CGCS2000 belt (UTM outside China).</source>
      <translation>将社区划分为面积约 10,000 m² 的单元网格并编码。每个网格是一个社区内的一个面；相邻网格的公共边完全一致。

规则方格位于整个坐标参考系的同一格网上，因此相邻城区以及以后的运行结果能够对齐。方格按社区裁剪；小于最小面积比例的碎块并入同一社区内与其公共边最长的相邻网格。

沿街道划分时，阻隔要素将每个社区分成若干街区。过大的街区切分为面积相近的紧凑地块：面积允许时沿断头路切分，否则垂直于街区的长边切分。过小的街区跨过最弱的阻隔要素合并，但绝不跨越社区边界；只有别无他法时才跨越强阻隔要素。与路口相差数米的线端会自动接合，双向分隔车道之间的狭长地带不单独成为网格。院落（封闭地块）不切分，除非面积超过其上限。

阻隔要素分强、中、弱三级，由强度字段给出（0 至 3，或 none、weak、normal、strong，也可写无、弱、中、强）。没有该字段的 OpenStreetMap 图层按其类别分级：高速公路、快速路（trunk）、铁路、河流、海岸线和水面岸线为强；其他街道、围墙和栅栏为中；内部道路、机耕路、有轨电车、溪流和沟渠为弱；人行道、入户车道以及隧道中的道路和铁路不作阻隔。其他图层的所有线和边界均为中。

未指定的字段按名称查找：CommCode、CommName、StrCode、StrName、社区名称、街道名称等。编码由社区编码加顺序号组成，自西向东、由北向南编排。没有编码的社区按名称从区划代码表中取得编码；其余社区自动编号，并标记为临时编码。

给出原单元网格时，基本未变的网格保留原编码，新网格使用从未用过的序号，不再存在的网格留在图层中并填写终止日期。编码对照表列出每个网格的去向；写入工作空间时，追加到已有的对照表之后。

以度或网络地图米为单位的图层，在当地的 CGCS2000 带（中国以外为 UTM）中量算面积。</translation>
    </message>
    <message>
      <source>Damaged 破损</source>
      <translation>破损</translation>
    </message>
    <message>
      <source>Data description</source>
      <translation>数据说明</translation>
    </message>
    <message>
      <source>Data source</source>
      <translation>数据来源</translation>
    </message>
    <message>
      <source>Date</source>
      <translation>日期</translation>
    </message>
    <message>
      <source>Date (YYYYMMDD; today if empty)</source>
      <translation>日期（YYYYMMDD；留空为今天）</translation>
    </message>
    <message>
      <source>Date (YYYYMMDD; today if empty): the initial date, and the end date of what is closed</source>
      <translation>日期（YYYYMMDD；留空则为今天）：新网格的初始日期，也是被终止网格的终止日期</translation>
    </message>
    <message>
      <source>Date of the survey</source>
      <translation>普查日期</translation>
    </message>
    <message>
      <source>Date: {date}</source>
      <translation>日期：{date}</translation>
    </message>
    <message>
      <source>Day, YYYYMMDD (today if empty)</source>
      <translation>日期，YYYYMMDD（留空为今天）</translation>
    </message>
    <message>
      <source>Deadline</source>
      <translation>截止时间</translation>
    </message>
    <message>
      <source>Deadline from</source>
      <translation>截止时间来源</translation>
    </message>
    <message>
      <source>Deadlines</source>
      <translation>时限</translation>
    </message>
    <message>
      <source>Definitions</source>
      <translation>指标说明</translation>
    </message>
    <message>
      <source>Delete</source>
      <translation>删除</translation>
    </message>
    <message>
      <source>Delete the plan “{plan}”? What is on the map stays.</source>
      <translation>删除方案“{plan}”？地图上的内容保持不变。</translation>
    </message>
    <message>
      <source>Deleted rows</source>
      <translation>已标记删除的行</translation>
    </message>
    <message>
      <source>Delete…</source>
      <translation>删除…</translation>
    </message>
    <message>
      <source>Deliver shapefiles</source>
      <translation>交付 Shapefile</translation>
    </message>
    <message>
      <source>Delivered shapefiles</source>
      <translation>交付的 Shapefile</translation>
    </message>
    <message>
      <source>Delivery</source>
      <translation>成果</translation>
    </message>
    <message>
      <source>Density of cases</source>
      <translation>案卷密度</translation>
    </message>
    <message>
      <source>Department</source>
      <translation>部门</translation>
    </message>
    <message>
      <source>Department in charge (filled by the import if empty)</source>
      <translation>主管部门（为空时导入时填写）</translation>
    </message>
    <message>
      <source>Departments</source>
      <translation>责任部门</translation>
    </message>
    <message>
      <source>Departments in Chongqing</source>
      <translation>重庆市主管部门</translation>
    </message>
    <message>
      <source>Details</source>
      <translation>详情</translation>
    </message>
    <message>
      <source>Differences</source>
      <translation>差异</translation>
    </message>
    <message>
      <source>DistCode of this grid is not the district of its community.</source>
      <translation>该网格的 DistCode 与其社区所属的区不符。</translation>
    </message>
    <message>
      <source>Distance (m)</source>
      <translation>距离（米）</translation>
    </message>
    <message>
      <source>Distance by the city's rule (m)</source>
      <translation>城市规定的距离（米）</translation>
    </message>
    <message>
      <source>Distance by the national rule (m)</source>
      <translation>国家规定的距离（米）</translation>
    </message>
    <message>
      <source>Distance from navigable rivers in town (m)</source>
      <translation>与城区通航河道的距离（米）</translation>
    </message>
    <message>
      <source>Distance from which a component has moved (m; that of almost the same place if empty)</source>
      <translation>视为部件已移位的距离（m；留空则与“几乎同一位置”的距离相同）</translation>
    </message>
    <message>
      <source>Distance or rule of each class (JSON)</source>
      <translation>各等级的距离或规定（JSON）</translation>
    </message>
    <message>
      <source>Distance within which components of one class are almost at the same place (m)</source>
      <translation>同类部件视为几乎同一位置的距离（米）</translation>
    </message>
    <message>
      <source>District code</source>
      <translation>区代码</translation>
    </message>
    <message>
      <source>District code (6 digits), for communities without codes</source>
      <translation>区代码（6 位），用于没有编码的社区</translation>
    </message>
    <message>
      <source>District code (6 digits; that of the unit grid if empty)</source>
      <translation>区代码（6 位；留空则取单元网格的区代码）</translation>
    </message>
    <message>
      <source>District codes that disagree</source>
      <translation>不相符的区代码</translation>
    </message>
    <message>
      <source>District, where the unit grid does not fill it</source>
      <translation>区县范围（单元网格未铺满时）</translation>
    </message>
    <message>
      <source>Divide all {count} communities anew? Of what was corrected by hand, only what is locked stays.</source>
      <translation>要重新划分全部 {count} 个社区吗？手工修正的内容中，只有已锁定的会保留。</translation>
    </message>
    <message>
      <source>Divide the chosen responsibility grid in two of about equal workload (key H)</source>
      <translation>将所选责任网格拆分为工作量大致相等的两个（H 键）</translation>
    </message>
    <message>
      <source>Divide the community that is chosen above, or all, anew: as many responsibility grids as now, locked ones untouched</source>
      <translation>重新划分上方所选社区（或全部）：责任网格数量不变，锁定的不动</translation>
    </message>
    <message>
      <source>Divide unit grids</source>
      <translation>拆分单元网格</translation>
    </message>
    <message>
      <source>Dividing unit grids among responsibility grids</source>
      <translation>正在将单元网格划分到责任网格</translation>
    </message>
    <message>
      <source>Done.</source>
      <translation>完成。</translation>
    </message>
    <message>
      <source>Done. All codes stay as they were.</source>
      <translation>完成，全部编码保持不变。</translation>
    </message>
    <message>
      <source>Drag a new responsibility grid over its unit grids (key N)</source>
      <translation>拖过若干单元网格，新建责任网格（N 键）</translation>
    </message>
    <message>
      <source>Drag a responsibility grid over the unit grids that it shall get (key D)</source>
      <translation>把责任网格拖到应归入它的单元网格上（D 键）</translation>
    </message>
    <message>
      <source>Drag a vertex or a limit that unit grids share; no gap opens</source>
      <translation>拖动单元网格共用的顶点或边界，不会产生缝隙</translation>
    </message>
    <message>
      <source>Drag a vertex or a limit; all grids that have it follow. With Shift, a limit bends where you take it. Esc gives up.</source>
      <translation>拖动顶点或边界，共用它的网格随之改变。按住 Shift 键拖动可在所按处使边界折弯。Esc 键放弃。</translation>
    </message>
    <message>
      <source>Drag limit</source>
      <translation>拖动界线</translation>
    </message>
    <message>
      <source>Draw a line that divides unit grids</source>
      <translation>画一条线拆分单元网格</translation>
    </message>
    <message>
      <source>Draw freely around unit grids that the chosen one shall get (key L)</source>
      <translation>自由圈选应归入所选责任网格的单元网格（L 键）</translation>
    </message>
    <message>
      <source>Draws a PDF with a page for each responsibility grid (一网格一图): its limit, its neighbours with their names, unit grids with the end of their codes, roads with their names, components by class with a table of their numbers, owner, post, phone and period, area, workload, scale bar, scale, north arrow, coordinate reference system, date and page. An overview of all with the numbers of the pages and an index come first; where the numbers would be too small, each street has an overview of its own.

Pages lie or stand by the shape of the responsibility grid. With the scale 0 each map has the largest round scale that holds it. Layers below the map are drawn as the project shows them; roads are drawn as wide as their class says (OpenStreetMap's fields highway or fclass).

Maps are vectors and texts, in a font that has Chinese; characters that no installed font has are named. A symbol stands for the same class on every page. Closed unit grids and components (with an end date) are left out.</source>
      <translation>生成每个责任网格一页的 PDF（一网格一图）：网格界线、相邻网格及其名称、单元网格及其编码末位、道路及其名称、按小类统计的部件及数量表、责任人、职务、电话和任期、面积、工作量、比例尺条、比例尺、指北针、坐标参考系、日期和页码。最前面是标有页码的总览图和索引；若总览图上的数字过小，则每个街道另有一幅总览图。

页面横放或竖放取决于责任网格的形状。比例尺为 0 时，每幅图采用能容纳网格的最大整比例尺。底图图层按项目中的样式绘制；道路宽度取决于其类别（OpenStreetMap 的 highway 或 fclass 字段）。

地图为矢量和文字，使用含中文的字体；任何已安装字体都没有的字符会被列出。同一符号在各页代表同一小类。已终止的单元网格和部件（有终止日期）不计入。</translation>
    </message>
    <message>
      <source>Dry run: check only, write no components</source>
      <translation>试运行：只检查，不写出部件</translation>
    </message>
    <message>
      <source>Due</source>
      <translation>应结案</translation>
    </message>
    <message>
      <source>Due later</source>
      <translation>3 天后到期</translation>
    </message>
    <message>
      <source>Due soon</source>
      <translation>即将到期</translation>
    </message>
    <message>
      <source>Due soon at the moment</source>
      <translation>该时刻即将到期</translation>
    </message>
    <message>
      <source>Due soon: hours before the deadline</source>
      <translation>即将到期：截止时间前的小时数</translation>
    </message>
    <message>
      <source>Due within 3 days</source>
      <translation>3 天内到期</translation>
    </message>
    <message>
      <source>Due within 4 hours</source>
      <translation>4 小时内到期</translation>
    </message>
    <message>
      <source>Due within a day</source>
      <translation>1 天内到期</translation>
    </message>
    <message>
      <source>Due 应结案数: cases whose deadline lies in the period and that are closed or overdue. Void and suspended ones, those without a deadline and those still inside their limit are not due.</source>
      <translation>应结案数：截止时间在该时段内，且已结案或超期的案卷。作废、挂账、没有截止时间以及尚在时限之内的案卷不计。</translation>
    </message>
    <message>
      <source>Due: counts</source>
      <translation>计入应结案</translation>
    </message>
    <message>
      <source>Empty codes</source>
      <translation>代码为空</translation>
    </message>
    <message>
      <source>Encoding</source>
      <translation>字符编码</translation>
    </message>
    <message>
      <source>Encoding of the files (told from their bytes if empty)</source>
      <translation>文件编码（留空则按字节判断）</translation>
    </message>
    <message>
      <source>Encoding: {encoding}</source>
      <translation>字符编码：{encoding}</translation>
    </message>
    <message>
      <source>End date</source>
      <translation>终止日期</translation>
    </message>
    <message>
      <source>End date of missing components (YYYYMMDD; today if empty)</source>
      <translation>缺失部件的终止日期（YYYYMMDD；留空为今天）</translation>
    </message>
    <message>
      <source>End dates before initial dates</source>
      <translation>终止日期早于初始日期</translation>
    </message>
    <message>
      <source>Ends at</source>
      <translation>终点</translation>
    </message>
    <message>
      <source>Ends at (m)</source>
      <translation>终点里程（米）</translation>
    </message>
    <message>
      <source>English (our translation)</source>
      <translation>英文（本项目译）</translation>
    </message>
    <message>
      <source>Enter the address of the service first.</source>
      <translation>请先输入服务地址。</translation>
    </message>
    <message>
      <source>Error</source>
      <translation>错误</translation>
    </message>
    <message>
      <source>Errors</source>
      <translation>错误</translation>
    </message>
    <message>
      <source>Evaluate cases</source>
      <translation>案卷评价</translation>
    </message>
    <message>
      <source>Evaluation</source>
      <translation>评价</translation>
    </message>
    <message>
      <source>Evaluation of cases</source>
      <translation>案卷评价</translation>
    </message>
    <message>
      <source>Event</source>
      <translation>事件</translation>
    </message>
    <message>
      <source>Events</source>
      <translation>事件</translation>
    </message>
    <message>
      <source>Example of one city (GB/T 30428-2013)</source>
      <translation>某城市示例（GB/T 30428-2013）</translation>
    </message>
    <message>
      <source>Examples</source>
      <translation>示例</translation>
    </message>
    <message>
      <source>Excel workbooks (*.xlsx)</source>
      <translation>Excel 工作簿 (*.xlsx)</translation>
    </message>
    <message>
      <source>Excel workbooks (*.xlsx);;CSV files (*.csv)</source>
      <translation>Excel 工作簿 (*.xlsx);;CSV 文件 (*.csv)</translation>
    </message>
    <message>
      <source>Export shapefiles</source>
      <translation>导出 Shapefile</translation>
    </message>
    <message>
      <source>Export the cases shown</source>
      <translation>导出所显示的案卷</translation>
    </message>
    <message>
      <source>Exported {moment}</source>
      <translation>导出于 {moment}</translation>
    </message>
    <message>
      <source>Exporting cases</source>
      <translation>正在导出案卷</translation>
    </message>
    <message>
      <source>Export…</source>
      <translation>导出…</translation>
    </message>
    <message>
      <source>Field</source>
      <translation>字段</translation>
    </message>
    <message>
      <source>Field dictionary of the city (table with layer, field, type, width)</source>
      <translation>本市的字段字典（含 layer、field、type、width 列的表）</translation>
    </message>
    <message>
      <source>Field names</source>
      <translation>字段名</translation>
    </message>
    <message>
      <source>Field names of 2026 (GB/T 47678)</source>
      <translation>2026 年字段名（GB/T 47678）</translation>
    </message>
    <message>
      <source>Field of the barriers with their strength (0 to 3; none, weak, normal, strong)</source>
      <translation>阻隔要素的强度字段（0 至 3；或 none、weak、normal、strong，即无、弱、中、强）</translation>
    </message>
    <message>
      <source>Field of the communities with their number of responsibility grids</source>
      <translation>社区图层中记录责任网格数的字段</translation>
    </message>
    <message>
      <source>Field of the waters with the width of lines (m)</source>
      <translation>水体图层中线状水体宽度的字段（米）</translation>
    </message>
    <message>
      <source>Field of the waters with their class</source>
      <translation>水体图层中等级的字段</translation>
    </message>
    <message>
      <source>Field of the waters with their name (found if empty)</source>
      <translation>水体图层中名称的字段（留空则自动查找）</translation>
    </message>
    <message>
      <source>Field that marks unit grids of locked responsibility grids</source>
      <translation>标记锁定责任网格所属单元网格的字段</translation>
    </message>
    <message>
      <source>Field with the community code (12 digits)</source>
      <translation>社区编码字段（12 位）</translation>
    </message>
    <message>
      <source>Field with the community name</source>
      <translation>社区名称字段</translation>
    </message>
    <message>
      <source>Field with the name of the road (found if empty)</source>
      <translation>道路名称字段（留空则自动查找）</translation>
    </message>
    <message>
      <source>Field with the street code (9 digits)</source>
      <translation>街道编码字段（9 位）</translation>
    </message>
    <message>
      <source>Field with the street name</source>
      <translation>街道名称字段</translation>
    </message>
    <message>
      <source>Field with the workload of each unit grid (area if empty)</source>
      <translation>各单元网格工作量字段（留空则用面积）</translation>
    </message>
    <message>
      <source>Fields of another type</source>
      <translation>字段类型不符</translation>
    </message>
    <message>
      <source>Fields of another width</source>
      <translation>字段宽度不符</translation>
    </message>
    <message>
      <source>Fields that the dictionary lacks</source>
      <translation>字典中没有的字段</translation>
    </message>
    <message>
      <source>File</source>
      <translation>文件</translation>
    </message>
    <message>
      <source>File and row</source>
      <translation>文件和行</translation>
    </message>
    <message>
      <source>Filed</source>
      <translation>立案</translation>
    </message>
    <message>
      <source>Filed rightly</source>
      <translation>准确立案</translation>
    </message>
    <message>
      <source>Filed 立案数: cases filed in the period (reported, where no filing time is known); void ones do not count.</source>
      <translation>立案数：该时段内立案（没有立案时间时为上报）的案卷，作废案卷不计。</translation>
    </message>
    <message>
      <source>Filed: counts</source>
      <translation>计入立案</translation>
    </message>
    <message>
      <source>Files</source>
      <translation>文件</translation>
    </message>
    <message>
      <source>Files in another coordinate reference system</source>
      <translation>坐标参考系不同的文件</translation>
    </message>
    <message>
      <source>Files of the delivery</source>
      <translation>成果文件</translation>
    </message>
    <message>
      <source>Files that cannot be read</source>
      <translation>无法读取的文件</translation>
    </message>
    <message>
      <source>Files that only the count table names</source>
      <translation>只在数量统计表中列出的文件</translation>
    </message>
    <message>
      <source>Files that the count table lacks</source>
      <translation>数量统计表中没有的文件</translation>
    </message>
    <message>
      <source>Files whose places could not be checked</source>
      <translation>无法检查空间位置的文件</translation>
    </message>
    <message>
      <source>Files without rows</source>
      <translation>没有记录的文件</translation>
    </message>
    <message>
      <source>Files, folders or zip archives with records</source>
      <translation>含记录的文件、文件夹或 zip 压缩包</translation>
    </message>
    <message>
      <source>Filing condition</source>
      <translation>立案条件</translation>
    </message>
    <message>
      <source>Fill in the parameters above first. {why}</source>
      <translation>请先填写上面的参数。{why}</translation>
    </message>
    <message>
      <source>Filled from</source>
      <translation>取值来源</translation>
    </message>
    <message>
      <source>Filter the cases, and see them on the map</source>
      <translation>筛选案卷，并在地图上查看</translation>
    </message>
    <message>
      <source>Filters</source>
      <translation>筛选</translation>
    </message>
    <message>
      <source>Find a value</source>
      <translation>查找</translation>
    </message>
    <message>
      <source>Finding</source>
      <translation>检查结果</translation>
    </message>
    <message>
      <source>Findings</source>
      <translation>检查结果</translation>
    </message>
    <message>
      <source>Findings by file</source>
      <translation>各文件的检查结果</translation>
    </message>
    <message>
      <source>Finished</source>
      <translation>办结时间</translation>
    </message>
    <message>
      <source>First day</source>
      <translation>起始日期</translation>
    </message>
    <message>
      <source>First place by the on-time rate: {names} ({rate}). Last places: {last}.</source>
      <translation>按期结案率第一名：{names}（{rate}）。末位点名：{last}。</translation>
    </message>
    <message>
      <source>First plan</source>
      <translation>第一个方案</translation>
    </message>
    <message>
      <source>First plan (empty: what is on the map)</source>
      <translation>第一个方案（留空：地图上的内容）</translation>
    </message>
    <message>
      <source>Flood</source>
      <translation>填充</translation>
    </message>
    <message>
      <source>Folder</source>
      <translation>文件夹</translation>
    </message>
    <message>
      <source>Folder (new or empty)</source>
      <translation>文件夹（新建或空的）</translation>
    </message>
    <message>
      <source>Folder of the delivery</source>
      <translation>成果文件夹</translation>
    </message>
    <message>
      <source>Forget</source>
      <translation>移除</translation>
    </message>
    <message>
      <source>Forget the source “{name}”? Its cases stay, but they are not read again by themselves.</source>
      <translation>移除来源“{name}”？其案卷保留，但不再自动重新读取。</translation>
    </message>
    <message>
      <source>Forget…</source>
      <translation>移除…</translation>
    </message>
    <message>
      <source>Formats</source>
      <translation>格式</translation>
    </message>
    <message>
      <source>From</source>
      <translation>起始日期</translation>
    </message>
    <message>
      <source>Further rows</source>
      <translation>其余的行</translation>
    </message>
    <message>
      <source>GB/T 30428-2013</source>
      <translation>GB/T 30428-2013</translation>
    </message>
    <message>
      <source>GB/T 30428-2013 as one city uses it: its text was not available, and classes that this city does not use are missing. Local classes count down from 99 in every major; those listed are that city's. That the minors from 60 on are local is our rule: the highest standard one seen is 57, the lowest local one 78.</source>
      <translation>一个城市所用的 GB/T 30428-2013：原文未能取得，该市未用的类别缺失。扩展类别在各大类中自 99 起递减；所列为该市的扩展。小类 60 及以上为扩展是本项目的规则：所见标准小类最大为 57，扩展小类最小为 78。</translation>
    </message>
    <message>
      <source>GB/T 47678-2026</source>
      <translation>GB/T 47678-2026</translation>
    </message>
    <message>
      <source>GCJ-02</source>
      <translation>GCJ-02</translation>
    </message>
    <message>
      <source>GCJ-02 (phones, most Chinese web maps)</source>
      <translation>GCJ-02（手机及多数中国网络地图）</translation>
    </message>
    <message>
      <source>Gaps</source>
      <translation>缝隙</translation>
    </message>
    <message>
      <source>GeoPackages (*.gpkg)</source>
      <translation>GeoPackage 文件 (*.gpkg)</translation>
    </message>
    <message>
      <source>GeoParquet cannot be written here: the GDAL of this QGIS has no Parquet driver and the Python package {package} is missing. Choose GeoPackage, or install it with “{command}”.</source>
      <translation>此处无法写 GeoParquet：本 QGIS 的 GDAL 没有 Parquet 驱动，且缺少 Python 包 {package}。请选择 GeoPackage，或用“{command}”安装。</translation>
    </message>
    <message>
      <source>Geometry</source>
      <translation>几何类型</translation>
    </message>
    <message>
      <source>Give a block, up to the next streets, to the chosen one (key F)</source>
      <translation>将一个街区（到最近的道路为止）归入所选责任网格（F 键）</translation>
    </message>
    <message>
      <source>Give all unit grids in a rectangle to the chosen one (key B)</source>
      <translation>将矩形内的所有单元网格归入所选责任网格（B 键）</translation>
    </message>
    <message>
      <source>Give all unit grids of a community new codes in order</source>
      <translation>将一个社区的全部单元网格按次序重新编码</translation>
    </message>
    <message>
      <source>Give the day of the survey; it cannot lie in the future.</source>
      <translation>请填写普查日期，不能晚于今天。</translation>
    </message>
    <message>
      <source>Give your name.</source>
      <translation>请填写采集人姓名。</translation>
    </message>
    <message>
      <source>Gives each responsibility grid, community or street who answers for it: {people}.

The table is a CSV, an Excel sheet or a layer; the responsibility list that CityGrid writes is one. A row goes by the code (RGID) or the name of a responsibility grid, else by the code or the name of a community, else by those of a street; a row for a responsibility grid goes before one for its community, and that before one for its street. Columns are found by their names in Chinese and English; a mapping such as {{"RGID": "网格", "Owner": "姓名"}} says otherwise.

A row counts only where the day lies in its period, so the table may hold who was there before and who comes next. What no row speaks of keeps its people.

Table with results (.xlsx or .csv): each row as it was read, and in Flag what became of it: applied, unknown key, conflict, duplicate or other period; in Grids, to how many places it went; in Detail, why. Corrected, it can be read again.</source>
      <translation>为每个责任网格、社区或街道指定责任人：{people}。

表格可以是 CSV、Excel 工作表或图层；CityGrid 导出的责任清单也可以。每行按责任网格编码（RGID）或名称对应，其次按社区代码或名称，再次按街道代码或名称；责任网格的行优先于其社区的行，社区的行优先于其街道的行。列按中英文名称自动识别；也可用字段映射指定，例如 {{"RGID": "网格", "Owner": "姓名"}}。

只有所给日期在其任期内的行才有效，因此表中可以同时保留前任和下任。没有对应行的对象保持原有责任人。

结果表（.xlsx 或 .csv）：保留读入的每一行，Flag 列说明处理结果：applied（已采用）、unknown key（未知键）、conflict（冲突）、duplicate（重复）或 other period（非本期）；Grids 列为涉及的对象数；Detail 列说明原因。改正后可再次读入。</translation>
    </message>
    <message>
      <source>Gives each unit grid its street and community, and lists what a planner has to look at: grids outside all communities, grids that no community holds most of, and grids whose code and place disagree. Closed grids (with an end date) are left out.

Rule: the largest overlap decides, or a point on the surface of the grid, or its code (the first twelve digits of BGID, else CommCode); then the place only checks. Rows of the communities with the same code are one community.

Fields of the communities that are not chosen are found by name (CommCode, CommName, StrCode, StrName and common Chinese names). Without a street layer the street follows from the community.

Ownership table: a CSV, an Excel sheet or a layer says who answers for what. A row goes by its code of a unit grid (BGID), else the code or the name of a community, else those of a street; a row for a grid goes before one for its community, and that before one for its street. It gives {people}, and it fills codes and names that are still empty. Columns are found by their names in Chinese and English; a mapping such as {{"BGID": "网格", "Owner": "责任人"}} says otherwise.
Conflicts are never settled in silence: rows that give one key different values, that name another community or street than the place, or a name that several places have, are not applied and are among the problems.

Ownership table with results (.xlsx or .csv): each row as it was read, with all its columns, and in Flag what became of it: applied, unknown key, conflict or duplicate; in Grids, to how many unit grids it went; in Detail, why. Corrected, it can be read again. Where no table goes in, it is one to fill in, with a row a community or a unit grid.</source>
      <translation>为每个单元网格确定所属街道和社区，并列出规划人员需要查看的问题：不在任何社区内的网格、没有社区占其大部分的网格，以及编码与位置不符的网格。已关闭的网格（有终止日期）不处理。

规则：按最大重叠面积、按网格面上一点，或按网格编码（BGID 的前十二位，否则 CommCode）确定；按编码时，位置只用于核对。社区图层中编码相同的多行视为一个社区。

未指定的社区字段按名称查找（CommCode、CommName、StrCode、StrName 及常用中文名称）。没有街道图层时，街道由社区推出。

权属表：CSV、Excel 工作表或图层，说明由谁负责什么。每行按单元网格编码（BGID）对应，否则按社区编码或名称，再否则按街道编码或名称；网格自己的行优先于其社区的行，社区的行优先于街道的行。它给出 {people}，并填补仍为空的编码和名称。列按中英文名称查找；也可用映射指定，例如 {{"BGID": "网格", "Owner": "责任人"}}。
冲突从不悄悄处理：同一关键字给出不同值的行、所写社区或街道与位置不符的行、名称对应多处的行，都不采用，并列入问题。

带处理结果的权属表（.xlsx 或 .csv）：每行按原样保留其所有列，Flag 列说明处理结果：applied（已采用）、unknown key（关键字不存在）、conflict（冲突）或 duplicate（重复）；Grids 列为用于多少个单元网格；Detail 列为原因。改正后可以再次读入。没有输入权属表时，输出一张待填写的表，每个社区或每个单元网格一行。</translation>
    </message>
    <message>
      <source>Gives segments of roads, and the people and departments who answer for them, to lines.

Without a table, the roads are divided where other named roads meet them, and the table of segments (.xlsx or .csv) lists them with their codes, limits and lengths, to be filled in and read again. Limits nearer together than the least length are one.

With a table of segments (CSV, Excel or a layer), each row names a road and where the segment begins and ends: a chainage (300, 1.2 km, K1+200), a street that crosses there, or an end (起点, 终点, 东端, west end); empty is the end of the road, and one column may hold both (人民路—解放路). Rows give {people}. Columns are found by their names in Chinese and English; a mapping says otherwise. The table comes back with all of its columns and a flag a row: applied, unknown road, unknown crossing, conflict or duplicate.

Chainage: all lines of a name are one road, whose parts are put in order along one axis, with the other carriageway beside it. It runs from west to east, or from north to south where the road is longer that way, and straight across gaps between the lines.

Problems: rows that cannot be placed, stretches of the roads of the table without a row, overlaps, several rows for one segment, and interrupted roads. Roads that pass above or below each other count as crossing.</source>
      <translation>把路段及其责任人和责任部门落到道路线上。

没有路段表时，道路在与其他有名称的道路相交处划分，路段表（.xlsx 或 .csv）列出各路段的编号、起止点和长度，填写后可再次读入。间距小于最小长度的分界点合为一个。

有路段表时（CSV、Excel 或图层），每行写明道路以及路段的起止位置：里程（300、1.2 km、K1+200）、在该处相交的道路，或一端（起点、终点、东端、west end）；留空为道路的端点，也可以用一列写两端（人民路—解放路）。各行给出 {people}。列按中英文名称查找，也可用映射指定。该表返回时保留所有列，并为每行加上标记：applied（已采用）、unknown road（道路不存在）、unknown crossing（路口不存在）、conflict（冲突）或 duplicate（重复）。

里程：同一名称的所有线为一条道路，各部分沿一条轴线依次排列，另一侧车道附于其旁。方向为自西向东，南北向较长的道路为自北向南；线之间的缺口按直线连续计算。

问题：无法定位的行、表中道路没有对应行的部分、重叠、一个路段有多行，以及中断的道路。上下立交的道路也算相交。</translation>
    </message>
    <message>
      <source>Grids</source>
      <translation>网格数</translation>
    </message>
    <message>
      <source>Grids by area</source>
      <translation>按面积统计的网格</translation>
    </message>
    <message>
      <source>Grids in a community without a code</source>
      <translation>所在社区没有编码的网格</translation>
    </message>
    <message>
      <source>Grids in another community than their code says</source>
      <translation>所在社区与编码不符的网格</translation>
    </message>
    <message>
      <source>Grids in another street than their code says</source>
      <translation>所在街道与编码不符的网格</translation>
    </message>
    <message>
      <source>Grids in no community</source>
      <translation>不在任何社区内的网格</translation>
    </message>
    <message>
      <source>Grids in no street</source>
      <translation>不在任何街道内的网格</translation>
    </message>
    <message>
      <source>Grids of several parts</source>
      <translation>由多个部分组成的网格</translation>
    </message>
    <message>
      <source>Grids reaching into another community</source>
      <translation>伸入其他社区的网格</translation>
    </message>
    <message>
      <source>Grids reaching outside all communities</source>
      <translation>越出全部社区范围的网格</translation>
    </message>
    <message>
      <source>Grids that are too large</source>
      <translation>面积过大的网格</translation>
    </message>
    <message>
      <source>Grids that are too small</source>
      <translation>面积过小的网格</translation>
    </message>
    <message>
      <source>Grids without a clear community</source>
      <translation>社区归属不明确的网格</translation>
    </message>
    <message>
      <source>Grids without a code</source>
      <translation>没有编码的网格</translation>
    </message>
    <message>
      <source>Grids without an area</source>
      <translation>没有面积的网格</translation>
    </message>
    <message>
      <source>Group repeated reports</source>
      <translation>重复上报归组</translation>
    </message>
    <message>
      <source>Groups unit grids into exactly as many responsibility grids (责任网格) as asked for. Each lies in one community, is connected by shared edges, and carries about the same workload. Closed unit grids (with an end date) are left out.

The responsibility grids are allocated to the communities by workload (Huntington–Hill, or largest remainder), at least one each; COUNT_FIELD and COUNTS set the number of single communities. With 0 as their number, those decide, and elsewhere one is made for every so many unit grids. The table of the allocation can be written, changed and given as COUNTS.

Workload is the number of objects in the given point layers (components, cases), else the chosen field, else the area. WEIGHTS adds up several, as JSON: {"area": 1, "Population": 2, "components": {"weight": 3, "classes": {"0103": 2, "02": 0.5}}, "cases": {"weight": 1, "per_month": "Reported"}}. Each part counts against its mean.

Limits are drawn along strong barriers where that costs little. Locked responsibility grids stay exactly as they are. Where one is essentially the same as in the previous plan (two thirds of the area of each of both), it keeps code, name and owner; the others get numbers that were never used. The same seed gives the same plan. Codes are the community code and three digits, west to east, north to south.</source>
      <translation>把单元网格组合成恰好所要求数量的责任网格。每个责任网格都在一个社区之内，由公共边连通，工作量大致相等。已废止（有终止日期）的单元网格不参与。

责任网格按工作量分配到各社区（Huntington–Hill 法或最大余数法），每个社区至少一个；COUNT_FIELD 和 COUNTS 可指定个别社区的数量。总数为 0 时由它们决定，其余社区按平均每若干个单元网格设一个。分配表可以输出，修改后再作为 COUNTS 输入。

工作量为所给点图层（部件、案卷）中的对象数，否则为所选字段，否则为面积。WEIGHTS 可把多种工作量加权相加，用 JSON 书写：{"area": 1, "Population": 2, "components": {"weight": 3, "classes": {"0103": 2, "02": 0.5}}, "cases": {"weight": 1, "per_month": "Reported"}}。每一项都先除以自己的平均值。

在代价不大时，界线沿强阻隔划定。锁定的责任网格完全保持原样。与上一方案基本相同的责任网格（公共面积不小于双方面积的三分之二）保留编码、名称和责任人，其余的使用从未用过的编号。种子相同，方案就相同。编码为社区代码加三位数字，自西向东、自北向南编排。</translation>
    </message>
    <message>
      <source>HTML files (*.html)</source>
      <translation>HTML 文件 (*.html)</translation>
    </message>
    <message>
      <source>Half month</source>
      <translation>半月</translation>
    </message>
    <message>
      <source>Half year</source>
      <translation>半年</translation>
    </message>
    <message>
      <source>Handled</source>
      <translation>处置完成时间</translation>
    </message>
    <message>
      <source>Handled on time 按时处置率</source>
      <translation>按时处置率</translation>
    </message>
    <message>
      <source>Handled on time 按时处置率 = due cases that the department was done with by the deadline / due. Where a list does not say when the department was done, the end of the case counts.</source>
      <translation>按时处置率 = 应结案案卷中部门在截止时间前处置完成的案卷数 / 应结案数。清单没有处置完成时间时，按结案时间计。</translation>
    </message>
    <message>
      <source>Handled on time: counts</source>
      <translation>计入按时处置</translation>
    </message>
    <message>
      <source>Handling time: counts</source>
      <translation>计入处理时长</translation>
    </message>
    <message>
      <source>Heat map</source>
      <translation>热力图</translation>
    </message>
    <message>
      <source>Hidden sheets were not read: {names}.</source>
      <translation>未读取隐藏的工作表：{names}。</translation>
    </message>
    <message>
      <source>Holes between the grids</source>
      <translation>网格之间的空洞</translation>
    </message>
    <message>
      <source>Holidays and swapped workdays (columns date, kind)</source>
      <translation>节假日与调休上班日（列 date、kind）</translation>
    </message>
    <message>
      <source>Holidays of</source>
      <translation>节假日</translation>
    </message>
    <message>
      <source>Hours and days by the clock</source>
      <translation>自然小时和自然日</translation>
    </message>
    <message>
      <source>Hours for a case without any deadline (0: none)</source>
      <translation>没有任何截止时间的案卷的时限小时数（0：不设）</translation>
    </message>
    <message>
      <source>Hours past the deadline</source>
      <translation>超期小时数</translation>
    </message>
    <message>
      <source>Hours paused</source>
      <translation>暂停小时数</translation>
    </message>
    <message>
      <source>How often the source is looked at. It is read again only when it has changed.</source>
      <translation>多久检查一次来源。只有来源有变化时才重新读取。</translation>
    </message>
    <message>
      <source>How the map shows the cases</source>
      <translation>地图如何显示案卷</translation>
    </message>
    <message>
      <source>How workload is counted, here and in what is saved</source>
      <translation>工作量的计算方式，此处与保存结果均按此计算</translation>
    </message>
    <message>
      <source>Huntington–Hill</source>
      <translation>Huntington–Hill 法</translation>
    </message>
    <message>
      <source>Ids of another class</source>
      <translation>标识码属于其他类别</translation>
    </message>
    <message>
      <source>Import</source>
      <translation>导入</translation>
    </message>
    <message>
      <source>Import components</source>
      <translation>导入部件</translation>
    </message>
    <message>
      <source>In force</source>
      <translation>生效</translation>
    </message>
    <message>
      <source>In force from</source>
      <translation>生效日期</translation>
    </message>
    <message>
      <source>In force from…</source>
      <translation>生效日期…</translation>
    </message>
    <message>
      <source>In several parts: {count}.</source>
      <translation>不连通：{count} 个。</translation>
    </message>
    <message>
      <source>In the file</source>
      <translation>文件中的值</translation>
    </message>
    <message>
      <source>In the layer</source>
      <translation>图层中</translation>
    </message>
    <message>
      <source>In {count} rows longitude and latitude are exchanged; that was put right.</source>
      <translation>{count} 行的经度与纬度颠倒，已更正。</translation>
    </message>
    <message>
      <source>In {count} times, the first from {first} to {last}, the service gives {limit} requests and no way to the others: some may be lacking.</source>
      <translation>在 {count} 个时段中（第一个自 {first} 至 {last}），服务给出 {limit} 条请求，其余无法取得：可能有缺失。</translation>
    </message>
    <message>
      <source>In {field} the day stands before the month.</source>
      <translation>{field} 中日在月之前。</translation>
    </message>
    <message>
      <source>In {field} the month stands before the day.</source>
      <translation>{field} 中月在日之前。</translation>
    </message>
    <message>
      <source>Index of the responsibility grids</source>
      <translation>责任网格索引</translation>
    </message>
    <message>
      <source>Initial date</source>
      <translation>初始日期</translation>
    </message>
    <message>
      <source>Inside the communities, if the coordinates are: {shares}.</source>
      <translation>落在社区内的比例，若坐标为：{shares}。</translation>
    </message>
    <message>
      <source>Intact 完好</source>
      <translation>完好</translation>
    </message>
    <message>
      <source>Interrupted roads</source>
      <translation>中断的道路</translation>
    </message>
    <message>
      <source>Into the workspace {name}</source>
      <translation>写入工作空间 {name}</translation>
    </message>
    <message>
      <source>Is the text readable, and are the coordinates taken for what they are?</source>
      <translation>文字能否正常阅读，坐标是否按其本来的含义读取？</translation>
    </message>
    <message>
      <source>It is locked.</source>
      <translation>它已锁定。</translation>
    </message>
    <message>
      <source>It lies in a part of the community that is cut off from the rest; that part is worth {quota} responsibility grids and has {zones}.</source>
      <translation>它位于社区中与其他部分不相连的一块；这一块相当于 {quota} 个责任网格，实有 {zones} 个。</translation>
    </message>
    <message>
      <source>It was filed on {time}.</source>
      <translation>立案时间：{time}。</translation>
    </message>
    <message>
      <source>It was reported on {time}.</source>
      <translation>上报时间：{time}。</translation>
    </message>
    <message>
      <source>Its pauses take no time off the limit.</source>
      <translation>挂账期间不计入时限。</translation>
    </message>
    <message>
      <source>Jurisdiction</source>
      <translation>辖区标识</translation>
    </message>
    <message>
      <source>Jurisdiction (jurisdiction_id of the service)</source>
      <translation>辖区（服务的 jurisdiction_id）</translation>
    </message>
    <message>
      <source>Keep as a plan…</source>
      <translation>保存为方案…</translation>
    </message>
    <message>
      <source>Keep what is on the map as a plan</source>
      <translation>将地图上的责任网格保存为方案</translation>
    </message>
    <message>
      <source>Kept (the same code)</source>
      <translation>保留（编码不变）</translation>
    </message>
    <message>
      <source>Kept on</source>
      <translation>保存时间</translation>
    </message>
    <message>
      <source>Keys on the map: D drag, B rectangle, L lasso, F flood, N new, H split, M merge, K lock, Esc gives back, Ctrl+Z undoes, Ctrl+Shift+Z redoes.</source>
      <translation>地图上的快捷键：D 拖动，B 矩形，L 套索，F 填充，N 新建，H 拆分，M 合并，K 锁定，Esc 退回，Ctrl+Z 撤销，Ctrl+Shift+Z 重做。</translation>
    </message>
    <message>
      <source>Kind</source>
      <translation>类型</translation>
    </message>
    <message>
      <source>Known components</source>
      <translation>已有部件</translation>
    </message>
    <message>
      <source>Known components (those of the workspace)</source>
      <translation>已有部件（为空时取工作空间的部件）</translation>
    </message>
    <message>
      <source>Known components: areas</source>
      <translation>已有部件（面）</translation>
    </message>
    <message>
      <source>Known components: lines</source>
      <translation>已有部件（线）</translation>
    </message>
    <message>
      <source>Known components: points</source>
      <translation>已有部件（点）</translation>
    </message>
    <message>
      <source>Known how</source>
      <translation>依据</translation>
    </message>
    <message>
      <source>Landscape</source>
      <translation>横向</translation>
    </message>
    <message>
      <source>Language id and text that disagree</source>
      <translation>语言标识与文字不一致</translation>
    </message>
    <message>
      <source>Largest multiple of that area; larger blocks are cut (along streets)</source>
      <translation>最大面积倍数；更大的街区将被切分（沿街道划分）</translation>
    </message>
    <message>
      <source>Largest multiple of that area; larger grids are reported</source>
      <translation>最大面积倍数；更大的网格列为问题</translation>
    </message>
    <message>
      <source>Largest overlap</source>
      <translation>最大重叠面积</translation>
    </message>
    <message>
      <source>Largest remainder</source>
      <translation>最大余数法</translation>
    </message>
    <message>
      <source>Lasso</source>
      <translation>套索</translation>
    </message>
    <message>
      <source>Last day</source>
      <translation>结束日期</translation>
    </message>
    <message>
      <source>Last month</source>
      <translation>上月</translation>
    </message>
    <message>
      <source>Last places: {names}</source>
      <translation>末位：{names}</translation>
    </message>
    <message>
      <source>Last quarter</source>
      <translation>上季度</translation>
    </message>
    <message>
      <source>Last week</source>
      <translation>上周</translation>
    </message>
    <message>
      <source>Layer</source>
      <translation>图层</translation>
    </message>
    <message>
      <source>Layer of the project</source>
      <translation>工程中的图层</translation>
    </message>
    <message>
      <source>Layers</source>
      <translation>图层</translation>
    </message>
    <message>
      <source>Layers below the map</source>
      <translation>底图图层</translation>
    </message>
    <message>
      <source>Layers that are no delivered records were left alone: {names}.</source>
      <translation>不是成果记录的图层未处理：{names}。</translation>
    </message>
    <message>
      <source>Layers whose objects are counted as workload (components, cases)</source>
      <translation>以对象数计为工作量的图层（部件、案卷）</translation>
    </message>
    <message>
      <source>Least compactness</source>
      <translation>最小紧凑度</translation>
    </message>
    <message>
      <source>Least distance (m)</source>
      <translation>最小距离（米）</translation>
    </message>
    <message>
      <source>Least length of a segment that is divided off (m)</source>
      <translation>划分路段的最小长度（米）</translation>
    </message>
    <message>
      <source>Least share of that area; smaller grids are reported</source>
      <translation>最小面积比例；更小的网格列为问题</translation>
    </message>
    <message>
      <source>Least share of that area; smaller pieces are merged</source>
      <translation>最小面积比例；更小的碎块将被合并</translation>
    </message>
    <message>
      <source>Least workload</source>
      <translation>最小工作量</translation>
    </message>
    <message>
      <source>Leave out</source>
      <translation>排除</translation>
    </message>
    <message>
      <source>Left / over</source>
      <translation>剩余／超期</translation>
    </message>
    <message>
      <source>Length (m)</source>
      <translation>长度（米）</translation>
    </message>
    <message>
      <source>Level</source>
      <translation>处理方式</translation>
    </message>
    <message>
      <source>Levels of rules (JSON)</source>
      <translation>规则的处理方式（JSON）</translation>
    </message>
    <message>
      <source>Limits</source>
      <translation>界线</translation>
    </message>
    <message>
      <source>Limits between unit grids (km)</source>
      <translation>单元网格之间的边界长度（km）</translation>
    </message>
    <message>
      <source>Limits in “hours” or “days” (小时, 天) without more are</source>
      <translation>时限只写“小时”“天”时按</translation>
    </message>
    <message>
      <source>List</source>
      <translation>清单</translation>
    </message>
    <message>
      <source>List of cases</source>
      <translation>案卷列表</translation>
    </message>
    <message>
      <source>List of cases (file or layer)</source>
      <translation>案卷清单（文件或图层）</translation>
    </message>
    <message>
      <source>List of responsibility grids</source>
      <translation>责任网格清单</translation>
    </message>
    <message>
      <source>List repeated reports below the first one: of the same class, near in place and time</source>
      <translation>把重复上报列在首次上报之下：同一小类，地点和时间相近</translation>
    </message>
    <message>
      <source>Load</source>
      <translation>载入</translation>
    </message>
    <message>
      <source>Load cases</source>
      <translation>载入案卷</translation>
    </message>
    <message>
      <source>Load mapping</source>
      <translation>载入映射</translation>
    </message>
    <message>
      <source>Load mapping…</source>
      <translation>载入映射…</translation>
    </message>
    <message>
      <source>Load the city's table…</source>
      <translation>加载本市扩展表…</translation>
    </message>
    <message>
      <source>Loaded before</source>
      <translation>以前载入过的来源</translation>
    </message>
    <message>
      <source>Loading is being cancelled…</source>
      <translation>正在取消载入…</translation>
    </message>
    <message>
      <source>Loads a list of cases (CSV in any usual encoding, Excel, JSON, JSON lines, GeoPackage, GeoJSON, shapefile, or a layer of the project, also of PostgreSQL), or the requests of an Open311 service, as one point layer with the same fields whatever system it comes from.

Fields are found by their names in Chinese and English. A mapping says otherwise: JSON text, or the path of a JSON file, such as {"CaseID": "No.", "Stage": {"field": "state", "values": {"7": "挂账"}}, "Kind": {"value": "event"}}. It can fill CaseID, Kind, ClassCode, ClassName, Stage, Reported, Filed, Deadline, Finished, Dept, BGID, RGID, StrName, CommName, Source and Text, and ObjID (of a component), CommCode, FilingCond (立案条件), TimeLimit (such as 4工作时), SuspFrom and SuspTo (a pause), Handled (when the department was done), Returns (how often it was sent back) and Accurate (whether it was filed rightly: 1 or 0). Class codes and names are filled up from the code scheme, and in Chongqing the department that answers for a class.

An Open311 service (GeoReport v2, JSON or XML) is asked through the network settings of QGIS, with its proxy and, where one is chosen, an authentication configuration: from SINCE until UNTIL, or the last 90 days. Such services answer for 90 days and with 1,000 requests at most; so they are asked for shorter times and page by page, and what they still hold back is said. A failing answer is asked for again three times. If the service breaks off later, what was read before is loaded, and the log says from when on requests are lacking; but where the result would replace a layer or file that is there, the run ends and that one stays as it is. Requests with an address only have no place.

In a JSON document the first list of objects is read, and objects inside objects become fields such as place.lat. A line of JSON lines that cannot be read is a row with its text in unreadable_line.

Stage: the words of many systems become the chain 立案 → 派遣 → 处理 → 反馈 → 核查 → 结案 → 考核 → 归档, 挂账 (suspended) or 作废 (void). Other words are kept as they are, counted in the report, and count as unfinished. Sources become 12319热线, 公众信箱, 领导批示, 志愿者 or 专业监督员. Tables of your own words (columns value and stage, or value and source) go before those that come with the plugin.

Status at the given moment: void; closed (stage 结案 or later, finished by then; with a stage that says nothing, once there is a finishing time); suspended; overdue (moment after the deadline); due soon (deadline within the hours given); open. A case without a deadline is never overdue; a suspended one neither. Outcome says whether a closed case was finished on time or late, OverHours how many hours an overdue or late one is past its deadline. With a moment given, cases reported after it are left out: the map is as it was then.

Deadline: the stated one; else filing (or report) plus the limit that the case states, that of its class and filing condition, or the hours of the fallback rule (24 in some cities; 0 is off). DueBy says which. Limits: a table with the columns code, limit, unit (紧急工作时 day and night, 工作时 and 工作日 in work hours, 自然日) and, where they matter, kind (component or event) and condition (立案条件); the columns may be named in Chinese. Work hours are 08:00–12:00 and 14:00–18:00, Monday to Friday, 8 hours a workday; the calendar (columns date, kind: holiday or workday, until) adds holidays and swapped workdays, and with rows of the kind hours (columns weekday, hours) other hours, always or from date to until. A Python package (chinesecalendar or holidays) can fill in the holidays of a country.

Pauses (挂账, 缓办) take no time off a limit: SuspFrom and SuspTo of a case, or a table with the columns CaseID, from and to, or CaseID, time and event (挂账, 恢复). Stated deadlines stay as they are unless you say otherwise.

Times are wall-clock times of the place. Those with an offset (Z, +08:00) are converted to the time zone given, or that of this computer. 3/4/2025 is read by the order of day and month that the whole column shows.

Place: the coordinates, also in columns found by name and with exchanged axes; without them the component, the grid or the community that the case names, in this order; Placed says which; without any the case is rejected. A case in a community only belongs to no grid. BGID, street and community come from the unit grid, RGID from the responsibility grids (or the field RGID of the grid); on a shared edge the lowest code counts. Cases outside all grids are kept with an empty BGID. Where a case disagrees with its place, or ends before it begins, it is in the layer of problems.

Repeated reports: a case of the same class within 50 m and 24 hours of an earlier one has that one's number in RepeatOf.

Cases without a number get row-1, row-2 …; of rows with the same number the first is taken. Every row is accepted, rejected or skipped; the latter two are in the layer of rejected rows with all their fields and the reason.</source>
      <translation>将案卷清单（常用编码的 CSV、Excel、JSON、JSON Lines、GeoPackage、GeoJSON、Shapefile，或工程中的图层，含 PostgreSQL 图层），或 Open311 服务中的请求，载入为一个点图层，不论来自哪个系统，字段均一致。

字段按其中英文名称查找。也可用字段映射指定，即 JSON 文本或 JSON 文件的路径，例如 {"CaseID": "No.", "Stage": {"field": "state", "values": {"7": "挂账"}}, "Kind": {"value": "event"}}。可填写的字段：CaseID、Kind、ClassCode、ClassName、Stage、Reported、Filed、Deadline、Finished、Dept、BGID、RGID、StrName、CommName、Source 和 Text，以及 ObjID（部件编码）、CommCode、FilingCond（立案条件）、TimeLimit（时限，例如 4工作时）、SuspFrom 和 SuspTo（挂账起止）、Handled（部门处置完成时间）、Returns（返工次数）和 Accurate（是否准确立案：1 或 0）。类别代码和类别名称按代码体系互相补全；在重庆，还会补上负责该类别的部门。

Open311 服务（GeoReport v2，JSON 或 XML）按 QGIS 的网络设置访问，使用其中的代理和所选的身份验证配置：取 SINCE 至 UNTIL 之间的请求，未给定则取最近 90 天。这类服务一次最多给出 90 天、1,000 条请求，因此分段、逐页询问；服务仍未给出的部分会加以说明。应答失败时再试三次。服务中途断开时，此前读到的照常载入，日志说明自何时起缺少请求；但若结果要替换已有的图层或文件，则运行中止，原有内容保持不变。只有地址的请求没有位置。

JSON 文档取其中第一个对象列表，对象中的对象成为 place.lat 这样的字段。JSON Lines 中无法读取的行也成为一行记录，其文本在 unreadable_line 中。

阶段：各系统的用语统一为流程 立案 → 派遣 → 处理 → 反馈 → 核查 → 结案 → 考核 → 归档，以及挂账或作废。其他用语按原样保留，在报告中计数，并计为未办结。来源统一为 12319热线、公众信箱、领导批示、志愿者或专业监督员。自备的词表（列 value 和 stage，或 value 和 source）优先于插件自带的词表。

给定时刻的状态：作废；已结案（阶段为结案或其后，且届时已办结；阶段无法判断时，有办结时间即为已结案）；挂账；超期（该时刻晚于截止时间）；即将到期（截止时间在给定小时数之内）；办理中。没有截止时间的案卷不会超期，挂账的案卷也不会超期。Outcome 说明已结案案卷是按期还是逾期办结，OverHours 为超期或逾期案卷超过截止时间的小时数。给定时刻时，该时刻之后上报的案卷不载入：图上即为当时的情况。

截止时间：取所填时间；否则为立案（或上报）时间加案卷自带的时限，再否则加该类别、该立案条件的时限，再否则加兜底规则的小时数（有的城市为 24；0 为不启用）。DueBy 说明取自何处。时限：含 code、limit、unit 列的表（紧急工作时为昼夜连续计算，工作时和工作日按工作时间计算，自然日），需要时另有 kind 列（component 部件或 event 事件）和 condition 列（立案条件）；列名也可用中文。工作时间为周一至周五 08:00–12:00 和 14:00–18:00，每个工作日 8 小时；工作日历（列 date、kind：holiday 或 workday，以及 until）补充节假日和调休上班日；其中 kind 为 hours 的行（列 weekday、hours）另定工作时间，始终有效，或只在 date 至 until 之间有效。也可由 Python 包（chinesecalendar 或 holidays）补充某个国家的节假日。

暂停（挂账、缓办）的时间不计入时限：取案卷的 SuspFrom 和 SuspTo，或取含 CaseID、from、to 列，或含 CaseID、time、event（挂账、恢复）列的表。所填的截止时间不变，除非另行设定。

时间为当地钟表时间。带时差的时间（Z、+08:00）换算到给定时区，未给定则换算到本计算机的时区。3/4/2025 这类日期按整列所显示的日月顺序读取。

位置：取坐标（也按列名查找，并识别颠倒的坐标轴）；没有坐标时依次取案卷所填的部件、单元网格、社区，并在 Placed 中注明；都没有的案卷不予接收。只能定到社区的案卷不属于任何网格。BGID、街道和社区取自单元网格，RGID 取自责任网格（或单元网格的 RGID 字段）；位于公共边上时取编码最小者。在所有网格之外的案卷予以保留，BGID 为空。案卷所填与其位置不符，或结束早于开始的，列于问题图层中。

重复上报：与更早的案卷类别相同、相距 50 米之内且相隔 24 小时之内的案卷，在 RepeatOf 中记有该案卷的编号。

没有编号的案卷编为 row-1、row-2 …；编号相同的各行取第一行。每一行或接收、或不接收、或跳过；后两者连同全部字段和原因列于未接收图层中。</translation>
    </message>
    <message>
      <source>Local classes of the city (table with code, name)</source>
      <translation>本市的地方扩展类别（含 code、name 列的表）</translation>
    </message>
    <message>
      <source>Local classes whose code is not assigned</source>
      <translation>代码未定的地方扩展类别</translation>
    </message>
    <message>
      <source>Lock</source>
      <translation>锁定</translation>
    </message>
    <message>
      <source>Lock responsibility grids</source>
      <translation>锁定责任网格</translation>
    </message>
    <message>
      <source>Lock the responsibility grids that are chosen in the list, or unlock them (key K)</source>
      <translation>锁定列表中所选的责任网格，或将其解锁（K 键）</translation>
    </message>
    <message>
      <source>Locked</source>
      <translation>锁定</translation>
    </message>
    <message>
      <source>Log of the responsibility grids</source>
      <translation>责任网格变更日志</translation>
    </message>
    <message>
      <source>Login</source>
      <translation>登录</translation>
    </message>
    <message>
      <source>Look for an id with a wrong, very high number among the records of this class.</source>
      <translation>请在该类别的记录中查找顺序号异常偏大的错误标识码。</translation>
    </message>
    <message>
      <source>Looking at deadlines</source>
      <translation>正在计算时限</translation>
    </message>
    <message>
      <source>Looking at the cases was cancelled. Change a setting, or go back and on again.</source>
      <translation>已取消查看案卷。请更改任一设置，或返回上一步再继续。</translation>
    </message>
    <message>
      <source>Looking whether the cases have changed</source>
      <translation>检查案卷是否有变化</translation>
    </message>
    <message>
      <source>Looking whether the cases have changed…</source>
      <translation>正在检查案卷是否有变化…</translation>
    </message>
    <message>
      <source>Made by</source>
      <translation>制作</translation>
    </message>
    <message>
      <source>Maintained by</source>
      <translation>养护单位</translation>
    </message>
    <message>
      <source>Maintenance</source>
      <translation>养护单位</translation>
    </message>
    <message>
      <source>Maintenance, code</source>
      <translation>养护单位代码</translation>
    </message>
    <message>
      <source>Major</source>
      <translation>大类</translation>
    </message>
    <message>
      <source>Major class</source>
      <translation>大类</translation>
    </message>
    <message>
      <source>Major classes</source>
      <translation>大类</translation>
    </message>
    <message>
      <source>Make a new responsibility grid</source>
      <translation>新建责任网格</translation>
    </message>
    <message>
      <source>Make a survey package</source>
      <translation>生成外业采集包</translation>
    </message>
    <message>
      <source>Make the responsibility grids that are chosen in the list one (key M)</source>
      <translation>将列表中所选的责任网格合并为一个（M 键）</translation>
    </message>
    <message>
      <source>Malformed codes</source>
      <translation>格式错误的编码</translation>
    </message>
    <message>
      <source>Malformed codes of rows</source>
      <translation>格式错误的代码</translation>
    </message>
    <message>
      <source>Map each on its own</source>
      <translation>逐个映射</translation>
    </message>
    <message>
      <source>Map of digital urban management: grids, components, cases</source>
      <translation>数字城管地图数据：网格、部件、案卷</translation>
    </message>
    <message>
      <source>Map of the responsibility grids</source>
      <translation>责任网格分布图</translation>
    </message>
    <message>
      <source>Mapping</source>
      <translation>字段映射</translation>
    </message>
    <message>
      <source>Mapping (JSON, or the path of a JSON file)</source>
      <translation>字段映射（JSON，或 JSON 文件的路径）</translation>
    </message>
    <message>
      <source>Mapping that comes with the plugin</source>
      <translation>插件自带的字段映射</translation>
    </message>
    <message>
      <source>Marks what stands too near to a river: within 10 m of the water's edge (national rule), 20 m (city) or 30 m (navigable river in town). The distances are settings; 0 switches a rule off.

Input: buildings, components or any other layer; choose what is permanent by a filter or a selection. Each feature within the limit of a water comes out as it was, with the distance in metres (0 in the water), the limit, the rule, the name of the water and, from a grid layer, the codes and the owner of the grid that it lies in (of several, the one with its largest part). Of several waters, the one whose limit is broken by most counts.

Waters: lines or polygons, in any number of layers. The edge of a polygon is its outline; a line is measured from the line itself, or from half the width in a field of widths (m). Of a layer of OpenStreetMap only the waters count.

Classes: the field of classes says which rule a water has; national, city, navigable, 国家, 城市, 通航 are understood. Others are given as JSON with a rule or a distance, such as {{"一级": 50, "Ⅲ": "navigable"}}. Waters without a class, or with one that is not known, have the rule for the others.

Distances are true metres on the plane of the local belt, whatever the layers are in.</source>
      <translation>标出离河道太近的对象：距水边线 10 米以内（国家规定）、20 米（城市规定）或 30 米（城区通航河道）。距离均可设置；0 表示不检查该项。

输入：建筑物、部件或任何其他图层；用过滤或选择限定永久性的对象。在水体限制距离之内的每个要素按原样输出，并带有距离（米，水中为 0）、限制距离、规定、水体名称，以及网格图层中它所在网格的编码和责任人（跨多个网格时取占其最大部分的）。涉及多个水体时，以超限最多的为准。

水体：线或面，图层数量不限。面的水边线是其轮廓；线从线本身量起，或从宽度字段（米）的一半处量起。OpenStreetMap 图层只取水体。

等级：等级字段说明水体适用哪项规定；可识别 national、city、navigable、国家、城市、通航。其他等级用 JSON 给出规定或距离，例如 {{"一级": 50, "Ⅲ": "navigable"}}。没有等级或等级无法识别的水体按其他水体的规定处理。

无论图层采用何种坐标系，距离都是当地投影带平面上的真实米数。</translation>
    </message>
    <message>
      <source>Mean handling time 平均处理时长: hours from filing (or report) to the end, paused time taken off, of the cases closed in the period.</source>
      <translation>平均处理时长：该时段内结案的案卷，从立案（或上报）到结束的小时数，扣除暂停时间。</translation>
    </message>
    <message>
      <source>Mean hours 平均处理时长</source>
      <translation>平均处理时长（小时）</translation>
    </message>
    <message>
      <source>Mean workload</source>
      <translation>平均工作量</translation>
    </message>
    <message>
      <source>Meaning of the fields</source>
      <translation>字段含义</translation>
    </message>
    <message>
      <source>Means</source>
      <translation>含义</translation>
    </message>
    <message>
      <source>Measured in</source>
      <translation>量算所用坐标系</translation>
    </message>
    <message>
      <source>Measured 实测</source>
      <translation>实测</translation>
    </message>
    <message>
      <source>Median compactness (4πA/P²)</source>
      <translation>紧凑度中位数（4πA/P²）</translation>
    </message>
    <message>
      <source>Merge</source>
      <translation>合并</translation>
    </message>
    <message>
      <source>Merge responsibility grids</source>
      <translation>合并责任网格</translation>
    </message>
    <message>
      <source>Merge unit grids</source>
      <translation>合并单元网格</translation>
    </message>
    <message>
      <source>Merged</source>
      <translation>合并</translation>
    </message>
    <message>
      <source>Mergin Maps: create a project from this folder with its plugin for QGIS, and open it in the app.</source>
      <translation>Mergin Maps：用其 QGIS 插件由此文件夹创建项目，再在手机上打开。</translation>
    </message>
    <message>
      <source>Method</source>
      <translation>方法</translation>
    </message>
    <message>
      <source>Missing fields</source>
      <translation>缺少的字段</translation>
    </message>
    <message>
      <source>Missing parts of shapefiles</source>
      <translation>Shapefile 缺少的组成文件</translation>
    </message>
    <message>
      <source>Missing 丢失</source>
      <translation>丢失</translation>
    </message>
    <message>
      <source>Moment of the status</source>
      <translation>状态时刻</translation>
    </message>
    <message>
      <source>Moment of the status (now if empty)</source>
      <translation>状态时刻（留空则为现在）</translation>
    </message>
    <message>
      <source>Month</source>
      <translation>月</translation>
    </message>
    <message>
      <source>More than one department answers for this class: {value}.</source>
      <translation>该小类由多个部门负责：{value}。</translation>
    </message>
    <message>
      <source>More than {pairs} pairs of components of the same class lie within {tolerance} m of each other. Choose a smaller tolerance, or mend the places first: thousands of components are almost at one place.</source>
      <translation>超过 {pairs} 对同类部件彼此相距不到 {tolerance} 米。请选择更小的容差，或先修正位置：有数千个部件几乎位于同一点。</translation>
    </message>
    <message>
      <source>Most workload</source>
      <translation>最大工作量</translation>
    </message>
    <message>
      <source>Move limit</source>
      <translation>移动边界</translation>
    </message>
    <message>
      <source>Move the limit of unit grids</source>
      <translation>移动单元网格边界</translation>
    </message>
    <message>
      <source>Move unit grids to another responsibility grid</source>
      <translation>将单元网格移到另一责任网格</translation>
    </message>
    <message>
      <source>N</source>
      <translation>北</translation>
    </message>
    <message>
      <source>Name</source>
      <translation>名称</translation>
    </message>
    <message>
      <source>Name (that of the class if empty)</source>
      <translation>部件名称（为空时取小类名称）</translation>
    </message>
    <message>
      <source>Name in the file</source>
      <translation>文件中的名称</translation>
    </message>
    <message>
      <source>Name of the plan</source>
      <translation>方案名称</translation>
    </message>
    <message>
      <source>Name of the surveyor (the app's account if empty)</source>
      <translation>采集人姓名（为空时取手机应用的账号）</translation>
    </message>
    <message>
      <source>Names in the count table that several files have</source>
      <translation>数量统计表中对应多个文件的名称</translation>
    </message>
    <message>
      <source>Names of another class</source>
      <translation>名称属于其他类别</translation>
    </message>
    <message>
      <source>Names that not every system takes</source>
      <translation>并非所有系统都接受的文件名</translation>
    </message>
    <message>
      <source>National</source>
      <translation>国家</translation>
    </message>
    <message>
      <source>Navigable river in town</source>
      <translation>城区通航河道</translation>
    </message>
    <message>
      <source>Needs first: {layers}</source>
      <translation>须先完成：{layers}</translation>
    </message>
    <message>
      <source>Neighbours</source>
      <translation>相邻网格</translation>
    </message>
    <message>
      <source>Neither geometries nor columns with coordinates were found.</source>
      <translation>未找到几何图形，也未找到坐标列。</translation>
    </message>
    <message>
      <source>New</source>
      <translation>新增</translation>
    </message>
    <message>
      <source>New (in no old grid)</source>
      <translation>新增（不在任何原网格内）</translation>
    </message>
    <message>
      <source>New unit grid</source>
      <translation>新单元网格</translation>
    </message>
    <message>
      <source>New unit grids</source>
      <translation>新单元网格</translation>
    </message>
    <message>
      <source>New workspace</source>
      <translation>新建工作空间</translation>
    </message>
    <message>
      <source>New workspace…</source>
      <translation>新建工作空间…</translation>
    </message>
    <message>
      <source>New: {codes}.</source>
      <translation>新增：{codes}。</translation>
    </message>
    <message>
      <source>New…</source>
      <translation>新建…</translation>
    </message>
    <message>
      <source>Next</source>
      <translation>下一步</translation>
    </message>
    <message>
      <source>No barrier</source>
      <translation>不作阻隔</translation>
    </message>
    <message>
      <source>No barriers were given: the communities are only divided into compact parts of similar size.</source>
      <translation>没有给出阻隔要素：社区只能划分为面积相近的紧凑地块。</translation>
    </message>
    <message>
      <source>No better division was found: its unit grids have few neighbours.</source>
      <translation>没有找到更好的划分：它的单元网格相邻的很少。</translation>
    </message>
    <message>
      <source>No case fits the filters.</source>
      <translation>没有符合筛选条件的案卷。</translation>
    </message>
    <message>
      <source>No case of the list says when it was reported or filed, so none has a computed deadline.</source>
      <translation>列表中没有任何案卷写明上报或立案时间，因此无法计算截止时间。</translation>
    </message>
    <message>
      <source>No case would be taken: go back and look at the mapping and the coordinates.</source>
      <translation>没有案卷会被载入：请返回检查字段映射和坐标。</translation>
    </message>
    <message>
      <source>No cases</source>
      <translation>没有案卷</translation>
    </message>
    <message>
      <source>No change at {time}.</source>
      <translation>{time} 检查：没有变化。</translation>
    </message>
    <message>
      <source>No class of this scheme fits. Try a part of the name, or another scheme.</source>
      <translation>此方案中没有符合的类别。请试用名称的一部分，或换一个方案。</translation>
    </message>
    <message>
      <source>No column holds the class of the components, and the name of the file tells none.</source>
      <translation>没有一列表示部件的小类，文件名也看不出小类。</translation>
    </message>
    <message>
      <source>No column of “{layer}” holds the class of the components. It has: {available}. Name the column in MAPPING, or give one class for all: {{"ClassCode": {{"value": "0118"}}}}.</source>
      <translation>“{layer}”没有任何一列给出部件的类别。现有列：{available}。请在 MAPPING 中指定该列，或为全部记录指定同一类别：{{"ClassCode": {{"value": "0118"}}}}。</translation>
    </message>
    <message>
      <source>No column of “{layer}” names responsibility grids, communities or streets. It has: {available}. Name one in MAPPING, such as {{"RGID": "column"}}.</source>
      <translation>“{layer}”中没有指明责任网格、社区或街道的列。它有：{available}。请在 MAPPING 中指定，例如 {{"RGID": "列名"}}。</translation>
    </message>
    <message>
      <source>No column of “{layer}” names roads. It has: {available}. Name one in SEGMENTS_MAPPING, such as {{"Road": "column"}}.</source>
      <translation>“{layer}”中没有道路名称列。它有：{available}。请在 SEGMENTS_MAPPING 中指定，例如 {{"Road": "列名"}}。</translation>
    </message>
    <message>
      <source>No column of “{layer}” names unit grids, communities or streets. It has: {available}. Name one in OWNERS_MAPPING, such as {{"BGID": "column"}}.</source>
      <translation>“{layer}”中没有指明单元网格、社区或街道的列。它有：{available}。请在 OWNERS_MAPPING 中指定，例如 {{"BGID": "列名"}}。</translation>
    </message>
    <message>
      <source>No column says in which stage a case is or when it was finished, so all count as open.</source>
      <translation>没有任何列说明案卷所处阶段或结案时间，因此全部按未结案处理。</translation>
    </message>
    <message>
      <source>No column says when a case was reported or filed, so no deadline can be computed.</source>
      <translation>没有任何列说明案卷的上报或立案时间，因此无法计算截止时间。</translation>
    </message>
    <message>
      <source>No community holds most of this grid; the largest part decided.</source>
      <translation>没有任何社区占该网格的大部分；以占比最大者为准。</translation>
    </message>
    <message>
      <source>No count table</source>
      <translation>没有数量统计表</translation>
    </message>
    <message>
      <source>No deadline</source>
      <translation>无时限</translation>
    </message>
    <message>
      <source>No error was found.</source>
      <translation>未发现错误。</translation>
    </message>
    <message>
      <source>No file yet. Files can also be dropped here.</source>
      <translation>还没有文件。也可以把文件拖到这里。</translation>
    </message>
    <message>
      <source>No font with Chinese characters is installed, so the names would be empty boxes. Install one, such as Noto Sans CJK SC, then restart QGIS and run again.</source>
      <translation>未安装含中文字符的字体，名称会显示为空框。请安装一种中文字体（如 Noto Sans CJK SC），重新启动 QGIS 后再运行。</translation>
    </message>
    <message>
      <source>No grid has a code: codes were not checked.</source>
      <translation>没有一个网格有编码，因此未检查编码。</translation>
    </message>
    <message>
      <source>No limit is known, so it has the hours for such cases: {limit}.</source>
      <translation>没有已知时限，因此采用为此类案卷设定的时长：{limit}。</translation>
    </message>
    <message>
      <source>No limit is known: it has no deadline and is never overdue.</source>
      <translation>没有已知时限：没有截止时间，不会超期。</translation>
    </message>
    <message>
      <source>No longer</source>
      <translation>不再有</translation>
    </message>
    <message>
      <source>No owner</source>
      <translation>无责任人</translation>
    </message>
    <message>
      <source>No plan is on the map.</source>
      <translation>地图上没有方案。</translation>
    </message>
    <message>
      <source>No problem found</source>
      <translation>未发现问题</translation>
    </message>
    <message>
      <source>No problem is left.</source>
      <translation>已没有问题。</translation>
    </message>
    <message>
      <source>No problem was found in {count} unit grids.</source>
      <translation>{count} 个单元网格中未发现问题。</translation>
    </message>
    <message>
      <source>No problem was found in {files} files with {rows} rows.</source>
      <translation>{files} 个文件共 {rows} 行，未发现问题。</translation>
    </message>
    <message>
      <source>No record would be taken: go back and look at the mapping and the coordinates.</source>
      <translation>没有记录会被接收：请返回检查映射和坐标。</translation>
    </message>
    <message>
      <source>No responsibility grid</source>
      <translation>未分配责任网格</translation>
    </message>
    <message>
      <source>No responsibility grid is left by ONLY and FILTER. Choose more, or leave both empty.</source>
      <translation>按 ONLY 和 FILTER 选择后没有剩下任何责任网格。请扩大选择范围，或将两者留空。</translation>
    </message>
    <message>
      <source>No road is called {road}.</source>
      <translation>没有名为 {road} 的道路。</translation>
    </message>
    <message>
      <source>No road is called: {names}.</source>
      <translation>没有这些名称的道路：{names}。</translation>
    </message>
    <message>
      <source>No row is for {road} from {start} to {end} m.</source>
      <translation>{road} {start} 至 {end} 米没有对应的行。</translation>
    </message>
    <message>
      <source>No shapefile</source>
      <translation>没有 Shapefile</translation>
    </message>
    <message>
      <source>No table names the local class {value}.</source>
      <translation>没有任何表给出本地小类 {value} 的名称。</translation>
    </message>
    <message>
      <source>No unit grid has this key: {key}.</source>
      <translation>没有单元网格与此关键字对应：{key}。</translation>
    </message>
    <message>
      <source>No unit grid lies in the chosen communities and extent. Choose more of either, or none.</source>
      <translation>所选社区和范围内没有单元网格。请扩大选择，或不作限定。</translation>
    </message>
    <message>
      <source>No workspace is open.</source>
      <translation>未打开工作空间。</translation>
    </message>
    <message>
      <source>None</source>
      <translation>无</translation>
    </message>
    <message>
      <source>None of the barriers lies in the communities.</source>
      <translation>没有任何阻隔要素位于社区范围内。</translation>
    </message>
    <message>
      <source>None of these unit grids can go to responsibility grid {zone}: they are in it, locked, or not of its community.</source>
      <translation>这些单元网格都不能归入责任网格 {zone}：它们已在其中、已锁定，或不属于同一社区。</translation>
    </message>
    <message>
      <source>Normal</source>
      <translation>中</translation>
    </message>
    <message>
      <source>Not done yet</source>
      <translation>尚未执行</translation>
    </message>
    <message>
      <source>Not every system takes the name of this file.</source>
      <translation>并非所有系统都接受此文件名。</translation>
    </message>
    <message>
      <source>Not known, so kept as they are, and such a stage counts as unfinished: {values}. “Values…” changes it.</source>
      <translation>下列值未知，按原样保留（未知阶段按未结案处理）：{values}。可用“取值…”更改。</translation>
    </message>
    <message>
      <source>Not taken: {reason}</source>
      <translation>未载入：{reason}</translation>
    </message>
    <message>
      <source>Note</source>
      <translation>备注</translation>
    </message>
    <message>
      <source>Note on the plan</source>
      <translation>方案备注</translation>
    </message>
    <message>
      <source>Notes</source>
      <translation>提示</translation>
    </message>
    <message>
      <source>Notes: {count}.</source>
      <translation>另有提示 {count} 条。</translation>
    </message>
    <message>
      <source>Note…</source>
      <translation>备注…</translation>
    </message>
    <message>
      <source>Nothing in this table fits the preset “{name}”.</source>
      <translation>此表格中没有与预设“{name}”相符的内容。</translation>
    </message>
    <message>
      <source>Nothing is chosen yet.</source>
      <translation>尚未选择。</translation>
    </message>
    <message>
      <source>Nothing is written yet. Click a finding to see its place on the map.</source>
      <translation>尚未写入任何内容。单击一条检查结果，可在地图上查看其位置。</translation>
    </message>
    <message>
      <source>Nothing says of which class the records of “{table}” are. Choose a column for “Class code” or “Class name”, or a constant and one class (columns: {columns}).</source>
      <translation>无法得知“{table}”中的记录属于哪一类。请为“类别代码”或“小类名称”选择一列，或选择“常量”并填写一个类别（现有列：{columns}）。</translation>
    </message>
    <message>
      <source>Nothing says where the cases are: go back and choose the columns with coordinates, or choose a column for the unit grid, the component or the community here.</source>
      <translation>没有任何内容说明案卷的位置：请返回选择坐标列，或在此为单元网格、部件或社区选择一列。</translation>
    </message>
    <message>
      <source>Nothing stands within the setback.</source>
      <translation>退让范围内没有对象。</translation>
    </message>
    <message>
      <source>Nothing was due</source>
      <translation>没有应结案卷</translation>
    </message>
    <message>
      <source>Nothing was due in the period, so nobody is ranked.</source>
      <translation>该时段没有应结案卷，不排名。</translation>
    </message>
    <message>
      <source>Nothing within the river setback</source>
      <translation>河道退让范围内没有对象</translation>
    </message>
    <message>
      <source>Nothing would be imported: {count} records are there already; the others are rejected, see below.</source>
      <translation>没有可导入的内容：{count} 条记录已入库，其余未接收，原因见下。</translation>
    </message>
    <message>
      <source>Notice</source>
      <translation>提示</translation>
    </message>
    <message>
      <source>Number</source>
      <translation>数量</translation>
    </message>
    <message>
      <source>Number a community anew</source>
      <translation>社区重新编号</translation>
    </message>
    <message>
      <source>Number in the field (given by the device)</source>
      <translation>外业编号（设备自动生成）</translation>
    </message>
    <message>
      <source>Number of responsibility grids (0: by the mean size below)</source>
      <translation>责任网格数量（0：按下面的平均规模）</translation>
    </message>
    <message>
      <source>Number of rows</source>
      <translation>记录数</translation>
    </message>
    <message>
      <source>Numbers of responsibility grids are never given again: divide the community.</source>
      <translation>责任网格的编号不会重复使用：请拆分该社区。</translation>
    </message>
    <message>
      <source>Numbers of single communities (JSON, or a file)</source>
      <translation>个别社区的数量（JSON 或文件）</translation>
    </message>
    <message>
      <source>Numbers that you change stay as you set them; the rule shares the rest among the others.</source>
      <translation>您修改的数量保持不变，其余数量按规则分配给其他社区。</translation>
    </message>
    <message>
      <source>OK</source>
      <translation>确定</translation>
    </message>
    <message>
      <source>Objects</source>
      <translation>对象</translation>
    </message>
    <message>
      <source>Objects in the water</source>
      <translation>水中的对象</translation>
    </message>
    <message>
      <source>Objects within the setback</source>
      <translation>退让范围内的对象</translation>
    </message>
    <message>
      <source>Objects without a place</source>
      <translation>没有位置的对象</translation>
    </message>
    <message>
      <source>Of each kind and file the first {count} are shown; the layer of problems has all.</source>
      <translation>每类问题每个文件只列出前 {count} 条；全部见问题图层。</translation>
    </message>
    <message>
      <source>Of several limits of a class, where the case states no condition</source>
      <translation>同一类别有多个时限而案卷未填立案条件时，取</translation>
    </message>
    <message>
      <source>Old unit grid</source>
      <translation>原单元网格</translation>
    </message>
    <message>
      <source>Old unit grids</source>
      <translation>原单元网格</translation>
    </message>
    <message>
      <source>On the map: “{plan}”, with changes that are not kept.</source>
      <translation>地图上：“{plan}”，含未保存的修改。</translation>
    </message>
    <message>
      <source>On the map: “{plan}”.</source>
      <translation>地图上：“{plan}”。</translation>
    </message>
    <message>
      <source>On-time rate</source>
      <translation>按期结案率</translation>
    </message>
    <message>
      <source>On-time rate and closing rate by {group}, {period}; the last places are framed.</source>
      <translation>{period}各{group}按期结案率和结案率；加框者为末位。</translation>
    </message>
    <message>
      <source>On-time rate 按期结案率</source>
      <translation>按期结案率</translation>
    </message>
    <message>
      <source>On-time rate 按期结案率 = closed on time / due.</source>
      <translation>按期结案率 = 按期结案数 / 应结案数。</translation>
    </message>
    <message>
      <source>One city's table, as an example: it is no standard, and its filing conditions are numbered, not named. For your own city, choose a table, or begin with “Copy to edit…” there.</source>
      <translation>这是某一城市的表格，仅作示例：它不是标准，其立案条件只有编号没有名称。本市请选择自己的表格，或在那里先“另存后编辑…”。</translation>
    </message>
    <message>
      <source>One file a layer, named after the layer</source>
      <translation>每个图层一个文件，以图层命名</translation>
    </message>
    <message>
      <source>One value is not known: {values}. “Values…” says what it means.</source>
      <translation>有 1 个取值未知：{values}。可用“取值…”说明其含义。</translation>
    </message>
    <message>
      <source>Only find the number of each community (nothing else is made)</source>
      <translation>仅计算各社区的数量（不生成其他结果）</translation>
    </message>
    <message>
      <source>Only some unit grids of {count} locked responsibility grids are marked as locked; all of theirs stay: {codes}.</source>
      <translation>有 {count} 个锁定的责任网格只有部分单元网格标记为锁定；它们的全部单元网格都保持不变：{codes}。</translation>
    </message>
    <message>
      <source>Only the responsibility grids that this expression holds for</source>
      <translation>仅限满足此表达式的责任网格</translation>
    </message>
    <message>
      <source>Only these classes (codes, names or majors, separated by commas)</source>
      <translation>仅这些类别（代码、名称或大类，用逗号分隔）</translation>
    </message>
    <message>
      <source>Only these communities or streets (codes or names, separated by commas)</source>
      <translation>仅这些社区或街道（代码或名称，用逗号分隔）</translation>
    </message>
    <message>
      <source>Only these responsibility grids, communities or streets (codes or names, separated by commas)</source>
      <translation>仅限这些责任网格、社区或街道（编码或名称，以逗号分隔）</translation>
    </message>
    <message>
      <source>Only this extent</source>
      <translation>仅此范围</translation>
    </message>
    <message>
      <source>Only what is valid</source>
      <translation>仅有效的</translation>
    </message>
    <message>
      <source>Only work time counts: {days}.</source>
      <translation>只计工作时间：{days}。</translation>
    </message>
    <message>
      <source>Only {community}</source>
      <translation>仅社区“{community}”</translation>
    </message>
    <message>
      <source>Open</source>
      <translation>办理中</translation>
    </message>
    <message>
      <source>Open a workspace to store the city's own classes in it.</source>
      <translation>打开工作空间后，可在其中保存本市的扩展类别。</translation>
    </message>
    <message>
      <source>Open at the moment</source>
      <translation>该时刻在办</translation>
    </message>
    <message>
      <source>Open cases</source>
      <translation>未结案卷</translation>
    </message>
    <message>
      <source>Open cases by responsibility grid</source>
      <translation>各责任网格未结案卷</translation>
    </message>
    <message>
      <source>Open cases by unit grid</source>
      <translation>各单元网格未结案卷</translation>
    </message>
    <message>
      <source>Open cases per 10,000 m²</source>
      <translation>每万平方米未结案卷数</translation>
    </message>
    <message>
      <source>Open or make a workspace first.</source>
      <translation>请先打开或新建工作空间。</translation>
    </message>
    <message>
      <source>Open report</source>
      <translation>打开报告</translation>
    </message>
    <message>
      <source>Open workspace</source>
      <translation>打开工作空间</translation>
    </message>
    <message>
      <source>Open workspace…</source>
      <translation>打开工作空间…</translation>
    </message>
    <message>
      <source>Open, and lose it</source>
      <translation>打开并放弃</translation>
    </message>
    <message>
      <source>Open311 GeoReport v2</source>
      <translation>Open311 服务（GeoReport v2）</translation>
    </message>
    <message>
      <source>Open311 service</source>
      <translation>Open311 服务</translation>
    </message>
    <message>
      <source>Open311 service, instead of a list (address before requests.json)</source>
      <translation>Open311 服务，代替清单（地址到 requests.json 之前为止）</translation>
    </message>
    <message>
      <source>Opened again with {reader}: {values} values compared, {count} differences.</source>
      <translation>已用 {reader} 重新打开：比较了 {values} 个值，差异 {count} 处。</translation>
    </message>
    <message>
      <source>Open…</source>
      <translation>打开…</translation>
    </message>
    <message>
      <source>Orientation</source>
      <translation>纸张方向</translation>
    </message>
    <message>
      <source>Other</source>
      <translation>其他</translation>
    </message>
    <message>
      <source>Other barriers without dead ends (km)</source>
      <translation>其他阻隔要素长度（不计断头段，km）</translation>
    </message>
    <message>
      <source>Other names (ours)</source>
      <translation>别名（本项目整理）</translation>
    </message>
    <message>
      <source>Other reports ({count})</source>
      <translation>其他上报（{count}）</translation>
    </message>
    <message>
      <source>Other 其他</source>
      <translation>其他</translation>
    </message>
    <message>
      <source>Others ({count} classes)</source>
      <translation>其他（{count} 类）</translation>
    </message>
    <message>
      <source>Outcome</source>
      <translation>结案情况</translation>
    </message>
    <message>
      <source>Outlines that cross or touch themselves</source>
      <translation>自相交或自相接的边界</translation>
    </message>
    <message>
      <source>Overdue</source>
      <translation>超期</translation>
    </message>
    <message>
      <source>Overdue at the moment</source>
      <translation>该时刻超期</translation>
    </message>
    <message>
      <source>Overdue cases</source>
      <translation>超期案卷</translation>
    </message>
    <message>
      <source>Overdue for 1 to 7 days</source>
      <translation>超期 1 至 7 天</translation>
    </message>
    <message>
      <source>Overdue for less than a day</source>
      <translation>超期不足 1 天</translation>
    </message>
    <message>
      <source>Overdue for more than 7 days</source>
      <translation>超期 7 天以上</translation>
    </message>
    <message>
      <source>Overdue share of open cases</source>
      <translation>未结案卷超期比例</translation>
    </message>
    <message>
      <source>Overdue the longest</source>
      <translation>超期最久的案卷</translation>
    </message>
    <message>
      <source>Overdue 超期未结数: due cases that are not closed.</source>
      <translation>超期未结数：应结案案卷中未结案的案卷。</translation>
    </message>
    <message>
      <source>Overdue: counts</source>
      <translation>计入超期未结</translation>
    </message>
    <message>
      <source>Overlaps</source>
      <translation>重叠</translation>
    </message>
    <message>
      <source>Overview of the responsibility grids</source>
      <translation>责任网格总览</translation>
    </message>
    <message>
      <source>Owner</source>
      <translation>责任人</translation>
    </message>
    <message>
      <source>Owner after</source>
      <translation>现责任人</translation>
    </message>
    <message>
      <source>Owner before</source>
      <translation>原责任人</translation>
    </message>
    <message>
      <source>Owner of the community</source>
      <translation>社区责任人</translation>
    </message>
    <message>
      <source>Owner of the street</source>
      <translation>街道责任人</translation>
    </message>
    <message>
      <source>Owner, code</source>
      <translation>权属单位代码</translation>
    </message>
    <message>
      <source>Ownership</source>
      <translation>权属</translation>
    </message>
    <message>
      <source>Ownership table</source>
      <translation>权属表</translation>
    </message>
    <message>
      <source>Ownership table with results, or to fill in</source>
      <translation>带处理结果的（或待填写的）权属表</translation>
    </message>
    <message>
      <source>Ownership table: another place than the grid's</source>
      <translation>权属表：所述位置与网格不符</translation>
    </message>
    <message>
      <source>Ownership table: names of several places</source>
      <translation>权属表：名称对应多处</translation>
    </message>
    <message>
      <source>Ownership table: one key, different values</source>
      <translation>权属表：同一关键字有不同的值</translation>
    </message>
    <message>
      <source>Owning unit</source>
      <translation>权属单位</translation>
    </message>
    <message>
      <source>PDF files (*.pdf)</source>
      <translation>PDF 文件 (*.pdf)</translation>
    </message>
    <message>
      <source>Page</source>
      <translation>页码</translation>
    </message>
    <message>
      <source>Page {page} of {pages}</source>
      <translation>第 {page} 页，共 {pages} 页</translation>
    </message>
    <message>
      <source>Pages</source>
      <translation>页码</translation>
    </message>
    <message>
      <source>Paper</source>
      <translation>纸张</translation>
    </message>
    <message>
      <source>Parts</source>
      <translation>部分数</translation>
    </message>
    <message>
      <source>Parts of shapefiles whose names differ in case</source>
      <translation>名称大小写不一致的 Shapefile 组成文件</translation>
    </message>
    <message>
      <source>Pauses of cases (columns CaseID, from, to)</source>
      <translation>案卷的暂停（列 CaseID、from、to）</translation>
    </message>
    <message>
      <source>Pauses put off stated deadlines, too</source>
      <translation>暂停也顺延所填的截止时间</translation>
    </message>
    <message>
      <source>People</source>
      <translation>责任人数</translation>
    </message>
    <message>
      <source>Period</source>
      <translation>时段</translation>
    </message>
    <message>
      <source>Phone</source>
      <translation>电话</translation>
    </message>
    <message>
      <source>Phone of the community</source>
      <translation>社区电话</translation>
    </message>
    <message>
      <source>Phone of the street</source>
      <translation>街道电话</translation>
    </message>
    <message>
      <source>Photo</source>
      <translation>照片</translation>
    </message>
    <message>
      <source>Photos are stored in the folder DCIM.</source>
      <translation>照片存放在 DCIM 文件夹。</translation>
    </message>
    <message>
      <source>Pieces that do not hang together by common limits; one is right</source>
      <translation>没有公共界线相连的部分数；应为 1</translation>
    </message>
    <message>
      <source>Place</source>
      <translation>位置</translation>
    </message>
    <message>
      <source>Place from</source>
      <translation>位置来源</translation>
    </message>
    <message>
      <source>Places</source>
      <translation>对象数</translation>
    </message>
    <message>
      <source>Places from</source>
      <translation>位置取自</translation>
    </message>
    <message>
      <source>Places in another unit grid than BGID says</source>
      <translation>所在单元网格与 BGID 不符</translation>
    </message>
    <message>
      <source>Places in no unit grid</source>
      <translation>不在任何单元网格内</translation>
    </message>
    <message>
      <source>Places with a person</source>
      <translation>有责任人的对象数</translation>
    </message>
    <message>
      <source>Plain table</source>
      <translation>普通表格</translation>
    </message>
    <message>
      <source>Plan</source>
      <translation>方案</translation>
    </message>
    <message>
      <source>Plan {number}</source>
      <translation>方案 {number}</translation>
    </message>
    <message>
      <source>Plans</source>
      <translation>方案</translation>
    </message>
    <message>
      <source>Plans of responsibility grids</source>
      <translation>责任网格方案</translation>
    </message>
    <message>
      <source>Plans of responsibility grids…</source>
      <translation>责任网格方案…</translation>
    </message>
    <message>
      <source>Points were made from the columns “{x}” and “{y}”.</source>
      <translation>已由“{x}”列和“{y}”列生成点。</translation>
    </message>
    <message>
      <source>Portrait</source>
      <translation>纵向</translation>
    </message>
    <message>
      <source>Post</source>
      <translation>职务</translation>
    </message>
    <message>
      <source>Preset…</source>
      <translation>预设…</translation>
    </message>
    <message>
      <source>Press and drag over the unit grids of a new responsibility grid. Esc gives them back.</source>
      <translation>按住鼠标拖过新责任网格的单元网格。按 Esc 退回。</translation>
    </message>
    <message>
      <source>Press inside a responsibility grid and drag over the unit grids that it shall get. A click chooses a responsibility grid; with Shift, unit grids go to the chosen one. Esc gives the drag back.</source>
      <translation>在一个责任网格内按下鼠标，拖过应归入它的单元网格。单击选择责任网格；按住 Shift 则单元网格归入所选责任网格。按 Esc 退回本次拖动。</translation>
    </message>
    <message>
      <source>Previous plan, to keep codes (RGID of the unit grid if empty)</source>
      <translation>上一方案，用于保留编码（留空则用单元网格的 RGID）</translation>
    </message>
    <message>
      <source>Previous unit grid, whose codes are kept</source>
      <translation>原单元网格（沿用其编码）</translation>
    </message>
    <message>
      <source>Problem</source>
      <translation>问题</translation>
    </message>
    <message>
      <source>Problems</source>
      <translation>问题</translation>
    </message>
    <message>
      <source>Problems of cases</source>
      <translation>案卷问题</translation>
    </message>
    <message>
      <source>Problems of ownership</source>
      <translation>归属问题</translation>
    </message>
    <message>
      <source>Problems of road segments</source>
      <translation>路段问题</translation>
    </message>
    <message>
      <source>Problems of the delivery</source>
      <translation>成果的问题</translation>
    </message>
    <message>
      <source>Problems of the unit grid</source>
      <translation>单元网格问题</translation>
    </message>
    <message>
      <source>Problems on the map: errors in red, warnings in orange, notes in blue.</source>
      <translation>问题分布图：错误为红色，警告为橙色，提示为蓝色。</translation>
    </message>
    <message>
      <source>Put on the map</source>
      <translation>放到地图上</translation>
    </message>
    <message>
      <source>QField: copy this folder to the device and open survey.qgz.</source>
      <translation>QField：把此文件夹复制到设备，打开 survey.qgz。</translation>
    </message>
    <message>
      <source>QGIS cannot open it</source>
      <translation>QGIS 无法打开</translation>
    </message>
    <message>
      <source>Quality</source>
      <translation>质量指标</translation>
    </message>
    <message>
      <source>Quarter</source>
      <translation>季度</translation>
    </message>
    <message>
      <source>Quota by workload</source>
      <translation>按工作量的份额</translation>
    </message>
    <message>
      <source>Rank</source>
      <translation>名次</translation>
    </message>
    <message>
      <source>Rank 排名: by the on-time rate; equal rates share a place. The last two places are called out. Cases that belong to nobody are counted but not ranked.</source>
      <translation>排名：按按期结案率，相同者并列，最后两名点名列出。没有归属的案卷只统计、不排名。</translation>
    </message>
    <message>
      <source>Ranking</source>
      <translation>排名</translation>
    </message>
    <message>
      <source>Rates by period, all together.</source>
      <translation>各时段比率（合计）。</translation>
    </message>
    <message>
      <source>Read the service</source>
      <translation>读取服务</translation>
    </message>
    <message>
      <source>Reading the cases</source>
      <translation>正在读取案卷</translation>
    </message>
    <message>
      <source>Reading the cases was cancelled. Press “Show” above to read them.</source>
      <translation>已取消读取案卷。点击上方的“显示”即可读取。</translation>
    </message>
    <message>
      <source>Reading was cancelled. Remove the file, or add it again.</source>
      <translation>读取已取消。请移除该文件，或重新添加。</translation>
    </message>
    <message>
      <source>Reading {name}</source>
      <translation>正在读取 {name}</translation>
    </message>
    <message>
      <source>Reading…</source>
      <translation>正在读取…</translation>
    </message>
    <message>
      <source>Reason</source>
      <translation>原因</translation>
    </message>
    <message>
      <source>Record of a vendor's system (rec_id, task_num …)</source>
      <translation>某厂商系统的记录（rec_id、task_num …）</translation>
    </message>
    <message>
      <source>Records</source>
      <translation>记录数</translation>
    </message>
    <message>
      <source>Records not taken</source>
      <translation>未接收的记录</translation>
    </message>
    <message>
      <source>Records read</source>
      <translation>读取的记录</translation>
    </message>
    <message>
      <source>Records: {records}.</source>
      <translation>记录数：{records}。</translation>
    </message>
    <message>
      <source>Records: {records}. Tables: {files}.</source>
      <translation>记录：{records} 条；表格：{files} 个。</translation>
    </message>
    <message>
      <source>Rectangle</source>
      <translation>矩形</translation>
    </message>
    <message>
      <source>Redo</source>
      <translation>重做</translation>
    </message>
    <message>
      <source>Redo: {step}</source>
      <translation>重做：{step}</translation>
    </message>
    <message>
      <source>Refresh now</source>
      <translation>立即刷新</translation>
    </message>
    <message>
      <source>Regular squares</source>
      <translation>规则方格</translation>
    </message>
    <message>
      <source>Regular squares do not follow barriers; those given were not used. “Along streets” does.</source>
      <translation>规则方格不依阻隔要素划分，所给的阻隔要素未使用；如需依其划分，请选用“沿街道划分”。</translation>
    </message>
    <message>
      <source>Rejected</source>
      <translation>未接收</translation>
    </message>
    <message>
      <source>Rejected cases</source>
      <translation>未接收的案卷</translation>
    </message>
    <message>
      <source>Rejected components</source>
      <translation>未接收的部件</translation>
    </message>
    <message>
      <source>Remark</source>
      <translation>备注</translation>
    </message>
    <message>
      <source>Remove</source>
      <translation>移除</translation>
    </message>
    <message>
      <source>Removed 移除</source>
      <translation>移除</translation>
    </message>
    <message>
      <source>Rename the plan</source>
      <translation>重命名方案</translation>
    </message>
    <message>
      <source>Rename…</source>
      <translation>重命名…</translation>
    </message>
    <message>
      <source>Renumber</source>
      <translation>重新编号</translation>
    </message>
    <message>
      <source>Repeated codes</source>
      <translation>重复的代码</translation>
    </message>
    <message>
      <source>Repeated reports</source>
      <translation>重复上报</translation>
    </message>
    <message>
      <source>Repeated reports: within so many hours</source>
      <translation>重复上报：相隔小时数之内</translation>
    </message>
    <message>
      <source>Repeated reports: within so many metres (0: not looked for)</source>
      <translation>重复上报：相距米数之内（0：不查找）</translation>
    </message>
    <message>
      <source>Repeated reports: {count}.</source>
      <translation>重复上报：{count}。</translation>
    </message>
    <message>
      <source>Repeated rows</source>
      <translation>重复的行</translation>
    </message>
    <message>
      <source>Repeats</source>
      <translation>重复上报于</translation>
    </message>
    <message>
      <source>Report</source>
      <translation>报告</translation>
    </message>
    <message>
      <source>Report of the comparison</source>
      <translation>比较报告</translation>
    </message>
    <message>
      <source>Reported</source>
      <translation>上报时间</translation>
    </message>
    <message>
      <source>Reported from</source>
      <translation>上报时间从</translation>
    </message>
    <message>
      <source>Reported from (SINCE)</source>
      <translation>上报起始日期（SINCE）</translation>
    </message>
    <message>
      <source>Reported from – to</source>
      <translation>上报日期（起–止）</translation>
    </message>
    <message>
      <source>Requests of the service from this day on (the last 90 days if empty)</source>
      <translation>取服务中自该日起的请求（留空为最近 90 天）</translation>
    </message>
    <message>
      <source>Requests of the service until this day (today if empty)</source>
      <translation>取服务中至该日止的请求（留空为今天）</translation>
    </message>
    <message>
      <source>Responsibility</source>
      <translation>责任划分</translation>
    </message>
    <message>
      <source>Responsibility grid</source>
      <translation>责任网格</translation>
    </message>
    <message>
      <source>Responsibility grid after</source>
      <translation>现责任网格</translation>
    </message>
    <message>
      <source>Responsibility grid before</source>
      <translation>原责任网格</translation>
    </message>
    <message>
      <source>Responsibility grid code</source>
      <translation>责任网格编码</translation>
    </message>
    <message>
      <source>Responsibility grid map</source>
      <translation>责任网格图</translation>
    </message>
    <message>
      <source>Responsibility grid {zone} has only one unit grid, so it cannot be split.</source>
      <translation>责任网格 {zone} 只有一个单元网格，无法拆分。</translation>
    </message>
    <message>
      <source>Responsibility grid {zone} is locked. Unlock it in the list first.</source>
      <translation>责任网格 {zone} 已锁定，请先在列表中解锁。</translation>
    </message>
    <message>
      <source>Responsibility grid {zone} would have no unit grid left. To end it, merge it with another one.</source>
      <translation>责任网格 {zone} 将不再有任何单元网格。如要取消它，请与另一个合并。</translation>
    </message>
    <message>
      <source>Responsibility grids</source>
      <translation>责任网格</translation>
    </message>
    <message>
      <source>Responsibility grids by street</source>
      <translation>各街道责任网格</translation>
    </message>
    <message>
      <source>Responsibility grids of each community</source>
      <translation>各社区的责任网格数</translation>
    </message>
    <message>
      <source>Responsibility grids that deviate by more than a tenth</source>
      <translation>偏差超过十分之一的责任网格</translation>
    </message>
    <message>
      <source>Responsibility grids without an owner</source>
      <translation>无责任人的责任网格</translation>
    </message>
    <message>
      <source>Responsibility grids, communities or streets</source>
      <translation>责任网格、社区或街道</translation>
    </message>
    <message>
      <source>Return rate 返工率</source>
      <translation>返工率</translation>
    </message>
    <message>
      <source>Return rate 返工率 = due cases that were sent back at least once / due cases that are closed or that the department was done with. Empty where no case says whether it was sent back.</source>
      <translation>返工率 = 应结案案卷中至少返工一次的案卷数 / 应结案案卷中已结案或部门已处置完成的案卷数。没有任何案卷注明是否返工时为空。</translation>
    </message>
    <message>
      <source>Review</source>
      <translation>考核</translation>
    </message>
    <message>
      <source>River setback</source>
      <translation>河道退让</translation>
    </message>
    <message>
      <source>Road</source>
      <translation>道路</translation>
    </message>
    <message>
      <source>Road segments</source>
      <translation>路段</translation>
    </message>
    <message>
      <source>Roads</source>
      <translation>道路</translation>
    </message>
    <message>
      <source>Roads (lines with a name)</source>
      <translation>道路（带名称的线）</translation>
    </message>
    <message>
      <source>Roads with segments</source>
      <translation>有路段的道路</translation>
    </message>
    <message>
      <source>Rotate the squares to the main direction of the barriers (regular squares)</source>
      <translation>将方格旋转到阻隔要素的主方向（规则方格）</translation>
    </message>
    <message>
      <source>Rotation of the squares (degrees)</source>
      <translation>方格旋转角（度）</translation>
    </message>
    <message>
      <source>Rotation of the squares (degrees, counter-clockwise; regular squares)</source>
      <translation>方格旋转角（度，逆时针；规则方格）</translation>
    </message>
    <message>
      <source>Row</source>
      <translation>行</translation>
    </message>
    <message>
      <source>Row {row} of the field dictionary “{path}” has “{value}” as {column}; it must be {allowed}.</source>
      <translation>字段字典“{path}”第 {row} 行的 {column} 为“{value}”，应为 {allowed}。</translation>
    </message>
    <message>
      <source>Row {row} of the list “{sheet}” has a text of {length} characters under “{column}”, but a cell of a workbook holds {most}. Choose a file that ends in .csv, or shorten the text.</source>
      <translation>清单“{sheet}”第 {row} 行“{column}”列的文字有 {length} 个字符，而工作簿的单元格最多容纳 {most} 个。请改用 .csv 结尾的文件，或缩短文字。</translation>
    </message>
    <message>
      <source>Row {row} of the ownership table names {key}, but {count} places have that name; it was not applied. Add the street or the code.</source>
      <translation>权属表第 {row} 行写的是 {key}，但有 {count} 处同名；未采用。请补充街道或编码。</translation>
    </message>
    <message>
      <source>Row {row} of the ownership table says {given}, but this place belongs to {other}; it was not applied.</source>
      <translation>权属表第 {row} 行写的是 {given}，但此处属于 {other}；未采用。</translation>
    </message>
    <message>
      <source>Row {row} of the table of segments: from and to are the same place of {road} ({value} m).</source>
      <translation>路段表第 {row} 行：起点和终点在 {road} 的同一处（{value} 米）。</translation>
    </message>
    <message>
      <source>Row {row} of the table of segments: {road} ends at {length} m; {value} m lies beyond it.</source>
      <translation>路段表第 {row} 行：{road} 止于 {length} 米，{value} 米已超出。</translation>
    </message>
    <message>
      <source>Row {row} of the table of segments: {road} has no crossing with {name}.</source>
      <translation>路段表第 {row} 行：{road} 与 {name} 没有路口。</translation>
    </message>
    <message>
      <source>Row {row} of the table of segments: {road} meets {name} at {count} places ({places} m). Give the chainage.</source>
      <translation>路段表第 {row} 行：{road} 与 {name} 有 {count} 处相交（{places} 米）。请填写里程。</translation>
    </message>
    <message>
      <source>Row {row} of the table: {why}</source>
      <translation>表格第 {row} 行：{why}</translation>
    </message>
    <message>
      <source>Row {row} of “{path}” gives no name to the class {code}.</source>
      <translation>“{path}”第 {row} 行没有给出类别 {code} 的名称。</translation>
    </message>
    <message>
      <source>Row {row} of “{path}” gives the code {code} to “{name}”, but it is “{other}” already.</source>
      <translation>“{path}”第 {row} 行将代码 {code} 赋予“{name}”，但该代码已用于“{other}”。</translation>
    </message>
    <message>
      <source>Row {row} of “{path}” gives the name “{name}” to {code}, but {other} has that name already.</source>
      <translation>“{path}”第 {row} 行将名称“{name}”给了 {code}，但 {other} 已用此名称。</translation>
    </message>
    <message>
      <source>Row {row} of “{path}” has the code {code}, but the local classes of this scheme are {numbers}. Is the table made for another generation of the standards?</source>
      <translation>“{path}”第 {row} 行的代码为 {code}，但此方案的扩展类别代码为 {numbers}。该表是否按另一代标准编制？</translation>
    </message>
    <message>
      <source>Row {row} of “{path}” has the code “{code}”; a class code of this scheme has {digits} digits, zeros at the beginning included.</source>
      <translation>“{path}”第 {row} 行的代码为“{code}”；此方案的类别代码为 {digits} 位（含前导零）。</translation>
    </message>
    <message>
      <source>Row {row} of “{path}” has “{value}” as {column}; it must be {allowed}, or empty.</source>
      <translation>“{path}”第 {row} 行的 {column} 为“{value}”；只能是 {allowed}，或留空。</translation>
    </message>
    <message>
      <source>Rows</source>
      <translation>行数</translation>
    </message>
    <message>
      <source>Rows applied</source>
      <translation>已采用的行</translation>
    </message>
    <message>
      <source>Rows are records of the .dbf, counted from 1 with deleted ones: in QGIS the feature id ($id), and one.</source>
      <translation>行号是 .dbf 的记录号，从 1 起，已删除的记录也计入：即 QGIS 的要素 id（$id）加一。</translation>
    </message>
    <message>
      <source>Rows in conflict</source>
      <translation>有冲突的行</translation>
    </message>
    <message>
      <source>Rows not taken</source>
      <translation>未接收的行</translation>
    </message>
    <message>
      <source>Rows of an ownership table to fill in</source>
      <translation>待填写权属表的行</translation>
    </message>
    <message>
      <source>Rows of an unknown road</source>
      <translation>道路不存在的行</translation>
    </message>
    <message>
      <source>Rows of another period</source>
      <translation>非本期的行</translation>
    </message>
    <message>
      <source>Rows of the ownership table</source>
      <translation>权属表的行</translation>
    </message>
    <message>
      <source>Rows of the table</source>
      <translation>表的行数</translation>
    </message>
    <message>
      <source>Rows of the table of segments</source>
      <translation>路段表的行</translation>
    </message>
    <message>
      <source>Rows of unit grids and components</source>
      <translation>单元网格和部件的行</translation>
    </message>
    <message>
      <source>Rows with an end date</source>
      <translation>有终止日期的行</translation>
    </message>
    <message>
      <source>Rows with an unknown crossing</source>
      <translation>路口不存在的行</translation>
    </message>
    <message>
      <source>Rows with an unknown key</source>
      <translation>关键字不存在的行</translation>
    </message>
    <message>
      <source>Rows without a shape</source>
      <translation>没有图形的行</translation>
    </message>
    <message>
      <source>Rows {rows} are for the same segment of {road}, from {start} to {end} m.</source>
      <translation>第 {rows} 行是 {road} 的同一路段（{start} 至 {end} 米）。</translation>
    </message>
    <message>
      <source>Rows {rows} of the ownership table give {key} different values ({values}); none of them was applied.</source>
      <translation>权属表第 {rows} 行对 {key} 给出了不同的值（{values}）；均未采用。</translation>
    </message>
    <message>
      <source>Rows {rows} of the table of segments have the code {code} for different segments.</source>
      <translation>路段表第 {rows} 行把编号 {code} 用于不同的路段。</translation>
    </message>
    <message>
      <source>Rows {rows} overlap on {road} from {start} to {end} m.</source>
      <translation>第 {rows} 行在 {road} {start} 至 {end} 米重叠。</translation>
    </message>
    <message>
      <source>Rule</source>
      <translation>规则</translation>
    </message>
    <message>
      <source>Rule for waters without a class</source>
      <translation>没有等级的水体适用的规定</translation>
    </message>
    <message>
      <source>SIDE is {side} m, that is {square} m², but CELL_AREA is {area} m². Give only one of the two.</source>
      <translation>SIDE 为 {side} m，即 {square} m²，而 CELL_AREA 为 {area} m²。两者只需填写一个。</translation>
    </message>
    <message>
      <source>Same class and almost the same place as {value}.</source>
      <translation>与{value}同类且几乎在同一位置。</translation>
    </message>
    <message>
      <source>Same class and place as row {value}.</source>
      <translation>与第 {value} 行类别和位置相同。</translation>
    </message>
    <message>
      <source>Samples</source>
      <translation>示例</translation>
    </message>
    <message>
      <source>Save</source>
      <translation>保存</translation>
    </message>
    <message>
      <source>Save into the plan</source>
      <translation>保存到该方案</translation>
    </message>
    <message>
      <source>Save mapping</source>
      <translation>保存映射</translation>
    </message>
    <message>
      <source>Save mapping…</source>
      <translation>保存映射…</translation>
    </message>
    <message>
      <source>Save the crosswalk</source>
      <translation>保存对照表</translation>
    </message>
    <message>
      <source>Save the crosswalk…</source>
      <translation>保存对照表…</translation>
    </message>
    <message>
      <source>Save the unit grid, and add what became of its codes to the crosswalk</source>
      <translation>保存单元网格，并将编码的变动追加到编码对照表</translation>
    </message>
    <message>
      <source>Save the unit grids, renew the responsibility grids that changed, and add to the log</source>
      <translation>保存单元网格，更新有变化的责任网格，并写入日志</translation>
    </message>
    <message>
      <source>Saved. The crosswalk has {count} rows more.</source>
      <translation>已保存，编码对照表增加 {count} 行。</translation>
    </message>
    <message>
      <source>Saved: {zones} responsibility grids renewed, {ended} ended, {count} rows more in the log.</source>
      <translation>已保存：更新 {zones} 个责任网格，取消 {ended} 个，日志新增 {count} 行。</translation>
    </message>
    <message>
      <source>Saves the table that comes with the plugin as a file of your own, and takes that one.</source>
      <translation>把插件自带的表格另存为您自己的文件，并改用该文件。</translation>
    </message>
    <message>
      <source>Say where the place comes from.</source>
      <translation>请说明位置的数据来源。</translation>
    </message>
    <message>
      <source>Scale 1: … (0: the largest round scale for each)</source>
      <translation>比例尺 1: …（0：各网格取能容纳的最大整比例尺）</translation>
    </message>
    <message>
      <source>Second plan</source>
      <translation>第二个方案</translation>
    </message>
    <message>
      <source>Second plan (empty: what is on the map)</source>
      <translation>第二个方案（留空：地图上的内容）</translation>
    </message>
    <message>
      <source>Seed</source>
      <translation>随机种子</translation>
    </message>
    <message>
      <source>Segment code</source>
      <translation>路段编号</translation>
    </message>
    <message>
      <source>Segments</source>
      <translation>路段数</translation>
    </message>
    <message>
      <source>Segments that overlap</source>
      <translation>重叠的路段</translation>
    </message>
    <message>
      <source>Segments with several rows</source>
      <translation>有多行的路段</translation>
    </message>
    <message>
      <source>Segments without a length</source>
      <translation>没有长度的路段</translation>
    </message>
    <message>
      <source>Sent back: counts</source>
      <translation>计入返工</translation>
    </message>
    <message>
      <source>Several limits of a class, and no condition</source>
      <translation>同一小类有多个时限而案卷未写明立案条件时</translation>
    </message>
    <message>
      <source>Severity</source>
      <translation>严重程度</translation>
    </message>
    <message>
      <source>Shapes and rows that disagree</source>
      <translation>图形数与记录数不一致</translation>
    </message>
    <message>
      <source>Share of the area</source>
      <translation>面积占比</translation>
    </message>
    <message>
      <source>Show</source>
      <translation>显示</translation>
    </message>
    <message>
      <source>Show all values again</source>
      <translation>重新显示全部</translation>
    </message>
    <message>
      <source>Show and edit…</source>
      <translation>查看并编辑…</translation>
    </message>
    <message>
      <source>Show or hide the filters; those that are set stay</source>
      <translation>显示或隐藏筛选条件；已设的条件不变</translation>
    </message>
    <message>
      <source>Show the cases as they were at a moment; without it, the status follows the clock</source>
      <translation>按某一时刻的情况显示案卷；不勾选时，状态随时钟变化</translation>
    </message>
    <message>
      <source>Side of a square (m), in place of its area</source>
      <translation>方格边长（m），用以代替面积</translation>
    </message>
    <message>
      <source>Since the previous unit grid</source>
      <translation>相对于原单元网格的变动</translation>
    </message>
    <message>
      <source>Skipped</source>
      <translation>跳过</translation>
    </message>
    <message>
      <source>Smallest / mean / largest grid (m²)</source>
      <translation>最小 / 平均 / 最大网格（m²）</translation>
    </message>
    <message>
      <source>So it is due on {time}.</source>
      <translation>因此截止时间为 {time}。</translation>
    </message>
    <message>
      <source>Solve</source>
      <translation>求解</translation>
    </message>
    <message>
      <source>Solved: {count} unit grids went to another responsibility grid. One undo takes it back.</source>
      <translation>求解完成：{count} 个单元网格转到另一责任网格。撤销一次即可恢复。</translation>
    </message>
    <message>
      <source>Some files cannot be read. Remove them, or mend them and add them again.</source>
      <translation>有些文件无法读取。请移除它们，或修复后重新添加。</translation>
    </message>
    <message>
      <source>Some files do not say in which coordinate reference system they are: the next page asks for it.</source>
      <translation>有些文件没有说明坐标参考系，请在下一页选择。</translation>
    </message>
    <message>
      <source>Some services need a jurisdiction; ask who runs it.</source>
      <translation>有的服务需要填写辖区；请询问运营方。</translation>
    </message>
    <message>
      <source>Source</source>
      <translation>来源</translation>
    </message>
    <message>
      <source>Source of the data</source>
      <translation>数据来源</translation>
    </message>
    <message>
      <source>Sources</source>
      <translation>来源</translation>
    </message>
    <message>
      <source>Spikes</source>
      <translation>尖刺</translation>
    </message>
    <message>
      <source>Split</source>
      <translation>拆分</translation>
    </message>
    <message>
      <source>Split a responsibility grid</source>
      <translation>拆分责任网格</translation>
    </message>
    <message>
      <source>Split it, or give its parts official codes.</source>
      <translation>请将其拆分，或为其各部分指定正式编码。</translation>
    </message>
    <message>
      <source>Stage</source>
      <translation>阶段</translation>
    </message>
    <message>
      <source>Stages</source>
      <translation>阶段</translation>
    </message>
    <message>
      <source>State</source>
      <translation>状态</translation>
    </message>
    <message>
      <source>State: all rows, closed unit grids and components too.</source>
      <translation>状态：全部行，包括已关闭的单元网格和部件。</translation>
    </message>
    <message>
      <source>State: what is valid now, without closed unit grids and components.</source>
      <translation>状态：现行有效的数据，不含已关闭的单元网格和部件。</translation>
    </message>
    <message>
      <source>State: what was valid on {date}.</source>
      <translation>状态：{date} 当日有效的数据。</translation>
    </message>
    <message>
      <source>Status</source>
      <translation>状态</translation>
    </message>
    <message>
      <source>Status at {moment}</source>
      <translation>{moment}的状态</translation>
    </message>
    <message>
      <source>Status now: {counts}.</source>
      <translation>当前状态：{counts}。</translation>
    </message>
    <message>
      <source>Status of the code</source>
      <translation>代码状况</translation>
    </message>
    <message>
      <source>Steps</source>
      <translation>步骤</translation>
    </message>
    <message>
      <source>StrCode of this grid is not the street of its community.</source>
      <translation>该网格的 StrCode 与其社区所属的街道不符。</translation>
    </message>
    <message>
      <source>Street</source>
      <translation>街道</translation>
    </message>
    <message>
      <source>Street code</source>
      <translation>街道编码</translation>
    </message>
    <message>
      <source>Street codes that disagree</source>
      <translation>不相符的街道编码</translation>
    </message>
    <message>
      <source>Street lines</source>
      <translation>道路线</translation>
    </message>
    <message>
      <source>Street owner</source>
      <translation>街道责任人</translation>
    </message>
    <message>
      <source>Streets</source>
      <translation>街道</translation>
    </message>
    <message>
      <source>Streets drawn as a single line, without dead ends (km)</source>
      <translation>以单线表示的街道长度（不计断头路，km）</translation>
    </message>
    <message>
      <source>Streets without a grid</source>
      <translation>没有网格的街道</translation>
    </message>
    <message>
      <source>Stretches of roads without a row</source>
      <translation>没有对应行的路段</translation>
    </message>
    <message>
      <source>Strong</source>
      <translation>强</translation>
    </message>
    <message>
      <source>Strong barriers without dead ends (km)</source>
      <translation>强阻隔要素长度（不计断头段，km）</translation>
    </message>
    <message>
      <source>Strong barriers: all of these layers count as rivers and railways do</source>
      <translation>强阻隔要素：这些图层中的全部要素与河流、铁路同等对待</translation>
    </message>
    <message>
      <source>Summary</source>
      <translation>汇总</translation>
    </message>
    <message>
      <source>Surveyor</source>
      <translation>采集人</translation>
    </message>
    <message>
      <source>Suspended</source>
      <translation>挂账</translation>
    </message>
    <message>
      <source>Suspended at the moment</source>
      <translation>该时刻挂账</translation>
    </message>
    <message>
      <source>Suspended from</source>
      <translation>挂账时间</translation>
    </message>
    <message>
      <source>Suspended until</source>
      <translation>恢复时间</translation>
    </message>
    <message>
      <source>Table</source>
      <translation>表</translation>
    </message>
    <message>
      <source>Table of division codes (columns code, name)</source>
      <translation>区划代码表（列 code、name）</translation>
    </message>
    <message>
      <source>Table of people</source>
      <translation>责任人表</translation>
    </message>
    <message>
      <source>Table of people with results</source>
      <translation>责任人表（含处理结果）</translation>
    </message>
    <message>
      <source>Table of segments</source>
      <translation>路段表</translation>
    </message>
    <message>
      <source>Table of segments with results, or to fill in</source>
      <translation>带处理结果的（或待填写的）路段表</translation>
    </message>
    <message>
      <source>Table of the city's own classes</source>
      <translation>本市扩展类别表</translation>
    </message>
    <message>
      <source>Tables</source>
      <translation>表格</translation>
    </message>
    <message>
      <source>Tags of OpenStreetMap</source>
      <translation>OpenStreetMap 标签</translation>
    </message>
    <message>
      <source>Take all filters away</source>
      <translation>去掉所有筛选条件</translation>
    </message>
    <message>
      <source>Term</source>
      <translation>任期</translation>
    </message>
    <message>
      <source>Text</source>
      <translation>问题描述</translation>
    </message>
    <message>
      <source>Text and places</source>
      <translation>文字与位置</translation>
    </message>
    <message>
      <source>Texts that may have been cut</source>
      <translation>可能被截断的文字</translation>
    </message>
    <message>
      <source>The .cpg begins with a byte-order mark, with which many programs do not know what it says.</source>
      <translation>.cpg 以字节顺序标记（BOM）开头，许多程序因此读不出其中的编码。</translation>
    </message>
    <message>
      <source>The .cpg says {stated}, but the bytes are {actual}.</source>
      <translation>.cpg 写的是 {stated}，但实际字节是 {actual}。</translation>
    </message>
    <message>
      <source>The .prj of this file names no coordinate reference system that can be read.</source>
      <translation>此文件的 .prj 中没有可识别的坐标参考系。</translation>
    </message>
    <message>
      <source>The .shp has {shapes} shapes, but the .dbf has {rows} rows.</source>
      <translation>.shp 有 {shapes} 个图形，但 .dbf 有 {rows} 行。</translation>
    </message>
    <message>
      <source>The Python package {package} does not know the holidays of {years} yet; there, only weekends are off, and what the calendar says.</source>
      <translation>Python 包 {package} 尚不知道 {years} 年的节假日；这些年份只按周末和工作日历休息。</translation>
    </message>
    <message>
      <source>The Python package {package} is missing in this QGIS, and without it no Excel workbook can be written. Choose a file that ends in .csv, or install it with “{command}” in the OSGeo4W shell or terminal of QGIS.</source>
      <translation>此 QGIS 缺少 Python 包 {package}，无法写出 Excel 工作簿。请改用以 .csv 结尾的文件，或在 QGIS 的 OSGeo4W Shell 或终端中运行“{command}”安装。</translation>
    </message>
    <message>
      <source>The Python package {package} is missing or too old in this QGIS. Install it with “{command}” in the OSGeo4W shell or terminal of QGIS, then restart QGIS.</source>
      <translation>此 QGIS 缺少 Python 包 {package}，或其版本过旧。请在 OSGeo4W Shell 或 QGIS 的终端中用“{command}”安装，然后重新启动 QGIS。</translation>
    </message>
    <message>
      <source>The address of the endpoint (GeoReport v2), without “requests.json”. Without days, the last 90 are asked for; longer times are asked for piece by piece, since services answer for 90 days at most.</source>
      <translation>服务端点地址（GeoReport v2），不含“requests.json”。不填日期时请求最近 90 天；更长的时段分段请求，因为服务一次最多答复 90 天。</translation>
    </message>
    <message>
      <source>The atlas is drawn</source>
      <translation>图集已生成</translation>
    </message>
    <message>
      <source>The calendar has no work hours.</source>
      <translation>该日历中没有工作时间。</translation>
    </message>
    <message>
      <source>The calendar has “{value}” in row {row}. It needs the columns date (such as 2025-10-01) and kind (holiday, workday or hours; 假日, 上班 or 工时); rows of hours also weekday (such as 1-5 or 周一至周五) and hours (such as 08:00-12:00 14:00-18:00); until (the last day) is optional.</source>
      <translation>工作日历第 {row} 行为“{value}”。需要 date（日期，例如 2025-10-01）和 kind（类型：holiday、workday 或 hours，即假日、上班或工时）两列；工时行还需要 weekday（星期，例如 1-5 或 周一至周五）和 hours（工作时段，例如 08:00-12:00 14:00-18:00）；until（结束日期）可省略。</translation>
    </message>
    <message>
      <source>The cases are being checked…</source>
      <translation>正在检查案卷…</translation>
    </message>
    <message>
      <source>The cases are being loaded…</source>
      <translation>正在载入案卷…</translation>
    </message>
    <message>
      <source>The cases are being read…</source>
      <translation>正在读取案卷…</translation>
    </message>
    <message>
      <source>The cases could not be checked.</source>
      <translation>案卷未能检查。</translation>
    </message>
    <message>
      <source>The cases could not be loaded.</source>
      <translation>案卷未能载入。</translation>
    </message>
    <message>
      <source>The cases have no field Stage, so their status is that of the moment of loading.</source>
      <translation>案卷没有 Stage 字段，状态以载入时刻为准。</translation>
    </message>
    <message>
      <source>The cases of the workspace are not on the map. Press “Show” above.</source>
      <translation>工作区的案卷不在地图上。请点击上方的“显示”。</translation>
    </message>
    <message>
      <source>The check did not end well.</source>
      <translation>检查未能正常完成。</translation>
    </message>
    <message>
      <source>The chosen responsibility grids belong to different communities ({communities}); only those of one can be merged.</source>
      <translation>所选责任网格属于不同社区（{communities}），只能合并同一社区的责任网格。</translation>
    </message>
    <message>
      <source>The chosen responsibility grids do not all share a limit. Choose some that lie side by side.</source>
      <translation>所选责任网格并非都有公共界线，请选择相邻的责任网格。</translation>
    </message>
    <message>
      <source>The chosen unit grids belong to different communities ({communities}); only grids of one can be merged.</source>
      <translation>所选单元网格属于不同社区（{communities}）；只能合并同一社区的网格。</translation>
    </message>
    <message>
      <source>The chosen unit grids do not all share a limit. Choose grids that lie side by side.</source>
      <translation>所选单元网格并非都有公共边界。请选择彼此相邻的网格。</translation>
    </message>
    <message>
      <source>The class code “{value}” is not in the scheme.</source>
      <translation>类别代码“{value}”不在代码体系中。</translation>
    </message>
    <message>
      <source>The class name “{value}” is not in the scheme.</source>
      <translation>类别名称“{value}”不在代码体系中。</translation>
    </message>
    <message>
      <source>The class {code} is called “{expected}” in the code scheme, here “{found}”.</source>
      <translation>类别 {code} 在代码方案中名为“{expected}”，此处为“{found}”。</translation>
    </message>
    <message>
      <source>The class {code} is not in the code scheme {scheme}.</source>
      <translation>类别 {code} 不在代码方案 {scheme} 中。</translation>
    </message>
    <message>
      <source>The class {code} {name} comes from the name of the file.</source>
      <translation>类别 {code} {name} 取自文件名。</translation>
    </message>
    <message>
      <source>The code of the grid</source>
      <translation>网格编码</translation>
    </message>
    <message>
      <source>The code of the local class “{value}” is not published. Load the city's extension table.</source>
      <translation>地方扩展类别“{value}”的代码未公布。请载入本市的扩展表。</translation>
    </message>
    <message>
      <source>The code of this grid begins with another community's code.</source>
      <translation>该网格的编码以另一社区的编码开头。</translation>
    </message>
    <message>
      <source>The code of this grid has {digits} digits, unlike most codes of this layer.</source>
      <translation>该网格的编码为 {digits} 位，与本图层的多数编码不同。</translation>
    </message>
    <message>
      <source>The code of this grid is not of 14 or 15 digits, or ends in zeros only.</source>
      <translation>该网格的编码不是 14 位或 15 位，或顺序号全为零。</translation>
    </message>
    <message>
      <source>The code of this grid names the community {community}, but the grid lies in {other}.</source>
      <translation>该网格的编码指向社区 {community}，但网格位于 {other}。</translation>
    </message>
    <message>
      <source>The code of this grid names the community {community}, which is not among the communities; the grid keeps what it had.</source>
      <translation>此网格的编码所指社区 {community} 不在社区图层中；网格保留原值。</translation>
    </message>
    <message>
      <source>The code of this grid names the street {street}, which is not among the streets.</source>
      <translation>此网格的编码所指街道 {street} 不在街道图层中。</translation>
    </message>
    <message>
      <source>The code scheme is now the one that the mapping was made for.</source>
      <translation>代码体系已切换为该映射所用的体系。</translation>
    </message>
    <message>
      <source>The codes of “{name}” are in order already; nothing was changed.</source>
      <translation>“{name}”的编码已符合编号次序，未作更改。</translation>
    </message>
    <message>
      <source>The column titles were found in row {row} of the sheet; what stands above was left out.</source>
      <translation>列标题位于工作表第 {row} 行；其上方的内容未读取。</translation>
    </message>
    <message>
      <source>The columns “{x}” and “{y}” are exchanged in the whole file; that was put right.</source>
      <translation>整个文件的“{x}”列与“{y}”列颠倒，已更正。</translation>
    </message>
    <message>
      <source>The community has {cells} unit grids for {zones} responsibility grids; whole ones fit no better.</source>
      <translation>该社区有 {cells} 个单元网格，分成 {zones} 个责任网格；单元网格不可拆分，无法更均衡。</translation>
    </message>
    <message>
      <source>The community is narrow at unit grid {cell}: what lies beyond it cannot be shared with others.</source>
      <translation>该社区在单元网格 {cell} 处很窄：它另一侧的部分无法与别处合并分担。</translation>
    </message>
    <message>
      <source>The community that holds this grid has no code; the grid keeps what it had.</source>
      <translation>该网格所在的社区没有编码；网格保留原有内容。</translation>
    </message>
    <message>
      <source>The community {community} has no grid.</source>
      <translation>社区 {community} 没有网格。</translation>
    </message>
    <message>
      <source>The comparison did not end well.</source>
      <translation>比较未能完成。</translation>
    </message>
    <message>
      <source>The component ends before it begins: {value}.</source>
      <translation>部件的终止日期早于初始日期：{value}。</translation>
    </message>
    <message>
      <source>The component is there already as {value}.</source>
      <translation>该部件已存在，标识码为 {value}。</translation>
    </message>
    <message>
      <source>The component {code} is not among the components of the workspace.</source>
      <translation>工作区的部件中没有部件 {code}。</translation>
    </message>
    <message>
      <source>The component {value} is there already, at another place.</source>
      <translation>部件 {value} 已存在，但位置不同。</translation>
    </message>
    <message>
      <source>The components are being imported…</source>
      <translation>正在导入部件…</translation>
    </message>
    <message>
      <source>The components of the workspace are not on the map. Press “Show” above.</source>
      <translation>工作区的部件不在地图上。请点击上方的“显示”。</translation>
    </message>
    <message>
      <source>The connection to the database was lost during “{what}”. Connect again and repeat it: nothing is done twice.</source>
      <translation>执行“{what}”时数据库连接中断。请重新连接后再做一次：不会重复写入。</translation>
    </message>
    <message>
      <source>The coordinates are degrees without a stated system; {crs} was taken.</source>
      <translation>坐标以度为单位但未说明坐标系，已按 {crs} 处理。</translation>
    </message>
    <message>
      <source>The coordinates are in {crs}. Without local parameters the change to {target} can be wrong by about 100 m.</source>
      <translation>坐标采用 {crs}。没有当地转换参数时，转换到 {target} 可能有约 100 m 的误差。</translation>
    </message>
    <message>
      <source>The coordinates do not fit their coordinate reference system “{crs}”. Set the right one (Layer ▸ Set CRS of Layer) and run again.</source>
      <translation>坐标与其坐标参考系“{crs}”不符。请设置正确的坐标参考系（图层 ▸ 设置图层CRS）后重新运行。</translation>
    </message>
    <message>
      <source>The coordinates now count as {datum}, as the mapping says.</source>
      <translation>按该映射的说明，坐标现按“{datum}”处理。</translation>
    </message>
    <message>
      <source>The coordinates of this file do not fit its coordinate reference system {crs}.</source>
      <translation>此文件的坐标与其坐标参考系 {crs} 不符。</translation>
    </message>
    <message>
      <source>The count table names {file}, which is not in the delivery.</source>
      <translation>数量统计表列出了 {file}，但成果中没有。</translation>
    </message>
    <message>
      <source>The count table names {file}, which {count} files are called; their rows were not compared.</source>
      <translation>数量统计表列出的 {file} 对应 {count} 个同名文件，未比较其行数。</translation>
    </message>
    <message>
      <source>The count table says {stated} rows, but the file has {found}.</source>
      <translation>数量统计表写的是 {stated} 行，但文件有 {found} 行。</translation>
    </message>
    <message>
      <source>The data does not say which district it belongs to. Enter the district code (DISTRICT_CODE: six digits, GB/T 2260) and run again.</source>
      <translation>数据中没有说明所属区县。请填写区县代码（DISTRICT_CODE：六位数字，GB/T 2260）后重新运行。</translation>
    </message>
    <message>
      <source>The database cannot be reached: {why}. Check the connection in QGIS and the network, then try again.</source>
      <translation>无法连接数据库：{why}。请检查 QGIS 中的连接设置和网络，然后重试。</translation>
    </message>
    <message>
      <source>The database refused “{what}”: {why}. Nothing of it has been stored; mend that and start again.</source>
      <translation>数据库拒绝了“{what}”：{why}。没有存入任何内容；请排除问题后重新开始。</translation>
    </message>
    <message>
      <source>The database “{database}” has no PostGIS. Let its administrator run CREATE EXTENSION postgis there.</source>
      <translation>数据库“{database}”没有安装 PostGIS。请由管理员在该库中执行 CREATE EXTENSION postgis。</translation>
    </message>
    <message>
      <source>The deadline of this case ({deadline}) lies before its beginning ({begun}).</source>
      <translation>该案卷的截止时间（{deadline}）早于其开始（{begun}）。</translation>
    </message>
    <message>
      <source>The delivery has no count table; the counts were not compared.</source>
      <translation>成果中没有数量统计表，未核对记录数。</translation>
    </message>
    <message>
      <source>The delivery holds no shapefile.</source>
      <translation>成果中没有 Shapefile。</translation>
    </message>
    <message>
      <source>The eastings begin with the number of a belt ({zone}), but the coordinate reference system ({stated}) has none in its eastings. Was {crs} meant?</source>
      <translation>东坐标带有带号（{zone}），但坐标参考系（{stated}）的东坐标不含带号。是否应为 {crs}？</translation>
    </message>
    <message>
      <source>The eastings begin with the number of a belt ({zone}); {crs} was taken.</source>
      <translation>东坐标带有带号（{zone}）；已采用 {crs}。</translation>
    </message>
    <message>
      <source>The end date {last} is before the initial date {first}.</source>
      <translation>终止日期 {last} 早于初始日期 {first}。</translation>
    </message>
    <message>
      <source>The existing components are in {one}, the delivery is in {other}. Bring both into one coordinate reference system that measures metres, and run again.</source>
      <translation>已有部件采用 {one}，本次成果采用 {other}。请统一到同一个以米为单位的坐标参考系后再运行。</translation>
    </message>
    <message>
      <source>The expression “{expression}” cannot be used: {reason}. Correct it and run again.</source>
      <translation>表达式“{expression}”无法使用：{reason}。请改正后重新运行。</translation>
    </message>
    <message>
      <source>The field {field} ({title}) is missing.</source>
      <translation>缺少字段 {field}（{title}）。</translation>
    </message>
    <message>
      <source>The field {field} is not in the field dictionary.</source>
      <translation>字段 {field} 不在字段字典中。</translation>
    </message>
    <message>
      <source>The field {field} is of type {found}, but the field dictionary has {expected}.</source>
      <translation>字段 {field} 的类型为 {found}，字段字典中为 {expected}。</translation>
    </message>
    <message>
      <source>The field {field} is {found} bytes wide, but {expected} in the field dictionary.</source>
      <translation>字段 {field} 宽 {found} 字节，字段字典中为 {expected}。</translation>
    </message>
    <message>
      <source>The field “{field}” holds no numbers, so it cannot be a workload. Choose a field of numbers.</source>
      <translation>字段“{field}”不是数值，不能作为工作量。请选择数值字段。</translation>
    </message>
    <message>
      <source>The file announces {stated} records, but only {count} can be read. Is it cut short?</source>
      <translation>文件声明有 {stated} 条记录，但只能读出 {count} 条。文件是否被截断？</translation>
    </message>
    <message>
      <source>The file does not say in which coordinate reference system it is: the next page asks for it.</source>
      <translation>文件没有说明坐标参照系：下一页会询问。</translation>
    </message>
    <message>
      <source>The file has several layers ({names}); “{layer}” was read.</source>
      <translation>文件有多个图层（{names}），已读取“{layer}”。</translation>
    </message>
    <message>
      <source>The file holds {count} records more than the {stated} that it announces; these were not read. Ask for it again, or repair it.</source>
      <translation>文件比其声明的 {stated} 条多出 {count} 条记录；多出的未读取。请重新索取或修复该文件。</translation>
    </message>
    <message>
      <source>The file states its own coordinate reference system ({stated}); the chosen one was not used.</source>
      <translation>文件自带坐标参考系（{stated}），未采用所选坐标系。</translation>
    </message>
    <message>
      <source>The folder “{path}” is not empty. Choose a new or an empty folder for the survey package.</source>
      <translation>文件夹“{path}”不是空的。请为外业采集包选择新的或空的文件夹。</translation>
    </message>
    <message>
      <source>The grid has no field {field}: codes were not checked.</source>
      <translation>网格图层没有字段 {field}，未检查编码。</translation>
    </message>
    <message>
      <source>The grid is in {source}; it is measured and written in {target}.</source>
      <translation>网格采用 {source}；面积量算和写出采用 {target}。</translation>
    </message>
    <message>
      <source>The grid was changed since; check it again.</source>
      <translation>此后网格有更改，请重新检查。</translation>
    </message>
    <message>
      <source>The grid {other} has a corner on the edge of this grid, where this grid has none: a change of projection would open a gap here.</source>
      <translation>网格 {other} 在公共边上有一个顶点，而该网格此处没有：改变投影后此处会出现缝隙。</translation>
    </message>
    <message>
      <source>The holidays of {country} come from the Python package {package}.</source>
      <translation>{country} 的节假日取自 Python 包 {package}。</translation>
    </message>
    <message>
      <source>The id {code} names the class {named}, but ClassCode is {stated}.</source>
      <translation>标识码 {code} 的类别为 {named}，但 ClassCode 为 {stated}。</translation>
    </message>
    <message>
      <source>The id {value} is another component's already.</source>
      <translation>标识码 {value} 已属于另一个部件。</translation>
    </message>
    <message>
      <source>The id {value} names another district or class than the record.</source>
      <translation>标识码 {value} 中的区县或小类与记录不符。</translation>
    </message>
    <message>
      <source>The id “{value}” is damaged.</source>
      <translation>标识码“{value}”已损坏。</translation>
    </message>
    <message>
      <source>The ids went through a spreadsheet, which keeps 15 digits: {count} end in a zero that cannot be trusted.</source>
      <translation>标识码曾经过电子表格，只保留了 15 位有效数字：{count} 个末位为零，不可信。</translation>
    </message>
    <message>
      <source>The import did not end well.</source>
      <translation>导入未能正常结束。</translation>
    </message>
    <message>
      <source>The import is being cancelled…</source>
      <translation>正在取消导入…</translation>
    </message>
    <message>
      <source>The language id of the .dbf says {stated}, but the bytes are {actual}.</source>
      <translation>.dbf 的语言标识为 {stated}，但实际字节是 {actual}。</translation>
    </message>
    <message>
      <source>The last digit of the id “{value}” cannot be trusted: it went through a spreadsheet.</source>
      <translation>标识码“{value}”的末位不可信：它经过了电子表格。</translation>
    </message>
    <message>
      <source>The layer has nothing with this key: {key}.</source>
      <translation>图层中没有此键：{key}。</translation>
    </message>
    <message>
      <source>The layer of cases is being edited. It is read again once the editing has ended.</source>
      <translation>案卷图层正在编辑。编辑结束后再重新读取。</translation>
    </message>
    <message>
      <source>The layer that is corrected</source>
      <translation>要修正的图层</translation>
    </message>
    <message>
      <source>The layer whose cases are shown</source>
      <translation>显示其案卷的图层</translation>
    </message>
    <message>
      <source>The levels cannot be used: {why}. Write them as {{"near_duplicate": "reject"}}. Rules: {rules}. Levels: {levels}.</source>
      <translation>处理方式无法使用：{why}。请写成 {{"near_duplicate": "reject"}}。规则：{rules}。处理方式：{levels}。</translation>
    </message>
    <message>
      <source>The limit cannot go there: it would cross or touch another one. Drag it less far.</source>
      <translation>边界不能移到那里：会与其他边界相交或相接。请缩短拖动距离。</translation>
    </message>
    <message>
      <source>The limit of its class is {limit}.</source>
      <translation>其小类的时限为 {limit}。</translation>
    </message>
    <message>
      <source>The limits of the unit grids do not meet exactly at this place. Check the unit grid, and mend the gap or overlap with the vertex tool of QGIS first.</source>
      <translation>单元网格的边界在此处没有精确重合。请先检查单元网格，并用 QGIS 的顶点工具消除缝隙或重叠。</translation>
    </message>
    <message>
      <source>The line crosses itself. Draw it again without a loop.</source>
      <translation>所画的线自相交。请重新画一条不打圈的线。</translation>
    </message>
    <message>
      <source>The line divides no unit grid. Draw it from one limit to another, right across the grid.</source>
      <translation>所画的线没有拆分任何单元网格。请从一条边界画到另一条边界，横穿整个网格。</translation>
    </message>
    <message>
      <source>The lines at which a flood ends, and along which “Solve” draws limits where that costs little</source>
      <translation>填充到这些线为止；“求解”在代价不大时沿这些线划定界线</translation>
    </message>
    <message>
      <source>The lines of {road} are interrupted for {length} m here; the chainage runs on.</source>
      <translation>{road} 的线在此中断 {length} 米；里程连续计算。</translation>
    </message>
    <message>
      <source>The lines of {road} are interrupted there; the segment has no line.</source>
      <translation>{road} 的线在该处中断，此路段没有线。</translation>
    </message>
    <message>
      <source>The list is written</source>
      <translation>清单已写出</translation>
    </message>
    <message>
      <source>The list states its deadline itself.</source>
      <translation>列表已写明截止时间。</translation>
    </message>
    <message>
      <source>The list states its limit: {limit}.</source>
      <translation>列表写明的时限：{limit}。</translation>
    </message>
    <message>
      <source>The local classes of “{path}” are stored in the workspace.</source>
      <translation>“{path}”中的扩展类别已保存到工作空间。</translation>
    </message>
    <message>
      <source>The locked responsibility grid {code} has unit grids in several communities ({communities}), so it cannot stay as it is. Unlock it, or correct the community of its unit grids.</source>
      <translation>锁定的责任网格 {code} 的单元网格分属多个社区（{communities}），无法保持原样。请解除锁定，或更正其单元网格的社区。</translation>
    </message>
    <message>
      <source>The locked responsibility grids of the community leave {percent} % of the mean for each other.</source>
      <translation>该社区锁定的责任网格使其余每个责任网格的工作量为平均值的 {percent} %。</translation>
    </message>
    <message>
      <source>The longest</source>
      <translation>最长的</translation>
    </message>
    <message>
      <source>The map shows</source>
      <translation>地图显示</translation>
    </message>
    <message>
      <source>The mapping cannot be used: at {place}, {why}. There is {found}.</source>
      <translation>映射无法使用：在 {place} 处，{why}。该处为 {found}。</translation>
    </message>
    <message>
      <source>The mapping cannot be used: {why}. Write it as {{"target": "source field"}}, {{"target": {{"field": "source field", "values": {{"theirs": "ours"}}}}}}, {{"target": {{"expression": …}}}}, {{"target": {{"value": "constant"}}}} or {{"target": {{"skip": true}}}}.</source>
      <translation>映射无法使用：{why}。请写成 {{"目标字段": "来源字段"}}、{{"目标字段": {{"field": "来源字段", "values": {{"来源值": "目标值"}}}}}}、{{"目标字段": {{"expression": …}}}}、{{"目标字段": {{"value": "常量"}}}} 或 {{"目标字段": {{"skip": true}}}}。</translation>
    </message>
    <message>
      <source>The mapping fills {targets} from columns that this file lacks; there they were filled as far as names tell.</source>
      <translation>映射用该文件没有的列填写 {targets}；这里已按列名尽量填写。</translation>
    </message>
    <message>
      <source>The mapping takes “{field}”, a column that “{table}” lacks. Choose another one.</source>
      <translation>映射使用了“{field}”列，但“{table}”中没有这一列。请另选一列。</translation>
    </message>
    <message>
      <source>The mapping was made for a code scheme that is not here: {scheme}.</source>
      <translation>该映射是为另一代码体系制作的，这里没有该体系：{scheme}。</translation>
    </message>
    <message>
      <source>The mapping was saved as {name}.</source>
      <translation>映射已保存为 {name}。</translation>
    </message>
    <message>
      <source>The name of the file says class {named}, but this row is of class “{code}”.</source>
      <translation>文件名表示类别 {named}，但此行的类别为“{code}”。</translation>
    </message>
    <message>
      <source>The name of the schema “{schema}” is too long for the names of its roles. Choose a shorter one.</source>
      <translation>模式名“{schema}”太长，无法生成其角色名。请改用较短的名称。</translation>
    </message>
    <message>
      <source>The names of the parts of this shapefile differ in case, so that only Windows takes them for one.</source>
      <translation>此 Shapefile 各组成文件的名称大小写不一致，只有 Windows 把它们当作同一个。</translation>
    </message>
    <message>
      <source>The national standard of 2026: 153 component and 250 event classes, five digits, ids of 17 digits. Its text was not available; the classes come from one secondary source. The minors 080 to 999 of every major are the city's.</source>
      <translation>2026 年国家标准：153 类部件、250 类事件，类别代码五位，部件标识码 17 位。原文未能取得，类别来自一份二手资料。各大类的小类 080 至 999 留给城市扩展。</translation>
    </message>
    <message>
      <source>The numbers are being found…</source>
      <translation>正在计算数量…</translation>
    </message>
    <message>
      <source>The numbers could not be found.</source>
      <translation>未能计算数量。</translation>
    </message>
    <message>
      <source>The numbers of the communities add up to {total}, but {count} responsibility grids are asked for in all, and the communities without a number need at least {least}. Change COUNT or the numbers; with COUNT 0 the numbers decide.</source>
      <translation>各社区的数量合计为 {total}，但总共要求 {count} 个责任网格，而未指定数量的社区至少需要 {least} 个。请修改 COUNT 或各社区的数量；COUNT 为 0 时以各社区的数量为准。</translation>
    </message>
    <message>
      <source>The numbers of the community {community} do not run west to east and north to south ({count} of {total} steps go back). After a renewal that kept codes, this is as it should be.</source>
      <translation>社区 {community} 的序号不是自西向东、由北向南编排（{total} 处相邻序号中有 {count} 处逆序）。沿用原编码更新之后，这属于正常情况。</translation>
    </message>
    <message>
      <source>The outline crosses or touches itself.</source>
      <translation>边界自相交或自相接。</translation>
    </message>
    <message>
      <source>The outline of this grid crosses or touches itself.</source>
      <translation>该网格的边界自相交或自相接。</translation>
    </message>
    <message>
      <source>The outline of this grid turns back on itself here.</source>
      <translation>该网格的边界在此处折返，形成尖刺。</translation>
    </message>
    <message>
      <source>The outline of unit grid {code} crosses itself. Mend it first (Processing ▸ Fix geometries).</source>
      <translation>单元网格 {code} 的边界自相交。请先修复（数据处理 ▸ 修复几何图形）。</translation>
    </message>
    <message>
      <source>The package {package} does not know the holidays of {country}. Give a calendar as a table.</source>
      <translation>Python 包 {package} 不知道 {country} 的节假日。请以表格提供工作日历。</translation>
    </message>
    <message>
      <source>The part {part} of this shapefile is missing.</source>
      <translation>此 Shapefile 缺少 {part} 文件。</translation>
    </message>
    <message>
      <source>The period is not over, or only a part of it was counted ({first} to {last}); its figures will change.</source>
      <translation>该时段尚未结束，或只统计了其中一部分（{first}至{last}），数字还会变化。</translation>
    </message>
    <message>
      <source>The period is over or has not begun</source>
      <translation>任期已满或尚未开始</translation>
    </message>
    <message>
      <source>The period of the row does not hold {day}.</source>
      <translation>该行的任期不含 {day}。</translation>
    </message>
    <message>
      <source>The place lies outside the district.</source>
      <translation>位置在区县范围之外。</translation>
    </message>
    <message>
      <source>The place lies outside the unit grid.</source>
      <translation>该位置在单元网格之外。</translation>
    </message>
    <message>
      <source>The plan was changed meanwhile, so the solution was dropped. Solve it again.</source>
      <translation>求解期间方案已被修改，结果作废。请重新求解。</translation>
    </message>
    <message>
      <source>The previous unit grid has no row: all numbers are new, and there is no crosswalk.</source>
      <translation>原单元网格没有任何记录：全部重新编号，不生成对照表。</translation>
    </message>
    <message>
      <source>The record has no id.</source>
      <translation>记录没有标识码。</translation>
    </message>
    <message>
      <source>The record has no place.</source>
      <translation>该记录没有位置。</translation>
    </message>
    <message>
      <source>The record names no class.</source>
      <translation>该记录没有注明类别。</translation>
    </message>
    <message>
      <source>The record names the unit grid {value}, but lies in another one.</source>
      <translation>记录写明单元网格 {value}，但位于另一个网格内。</translation>
    </message>
    <message>
      <source>The record states another name than its class code has: {value}.</source>
      <translation>记录的名称与小类代码的名称不符：{value}。</translation>
    </message>
    <message>
      <source>The records are being checked…</source>
      <translation>正在检查记录…</translation>
    </message>
    <message>
      <source>The records were read from “{name}”; what stands beside them was left alone: {names}.</source>
      <translation>记录取自“{name}”；其旁的内容未读取：{names}。</translation>
    </message>
    <message>
      <source>The requests of the last {days} days were asked for; SINCE asks for more.</source>
      <translation>询问的是最近 {days} 天的请求；用 SINCE 可询问更长时间。</translation>
    </message>
    <message>
      <source>The responsibility grids have changes that are not saved. Save or undo them first, in the tab “Responsibility grids”.</source>
      <translation>责任网格有未保存的修改，请先在“责任网格”选项卡中保存或撤销。</translation>
    </message>
    <message>
      <source>The responsibility grids have changes that are not saved. Save or undo them first.</source>
      <translation>责任网格有未保存的修改，请先保存或撤销。</translation>
    </message>
    <message>
      <source>The responsibility grids have unsaved changes. While CityGrid is off, saving writes neither their limits nor the log.</source>
      <translation>责任网格有未保存的更改。CityGrid 关闭期间，保存时既不更新其界线，也不写入日志。</translation>
    </message>
    <message>
      <source>The responsibility grids of the workspace are not on the map. Press “Show” above.</source>
      <translation>工作空间中的责任网格不在地图上，请按上方的“显示”。</translation>
    </message>
    <message>
      <source>The responsibility grids on the map are kept as “{plan}” (see “Plans”).</source>
      <translation>地图上的责任网格已保存为“{plan}”（见“方案”）。</translation>
    </message>
    <message>
      <source>The responsibility grids that are listed, and that “Solve” divides anew</source>
      <translation>列表显示、“求解”重新划分的责任网格</translation>
    </message>
    <message>
      <source>The river classes cannot be used: {why}. Write each class of the field with its distance in metres or its rule (national, city, navigable), such as {{"一级": 50, "通航": "navigable"}}.</source>
      <translation>河道等级无法使用：{why}。请为字段中的每个等级写出距离（米）或规定（national 国家、city 城市、navigable 通航），例如 {{"一级": 50, "通航": "navigable"}}。</translation>
    </message>
    <message>
      <source>The row gives nothing but its key.</source>
      <translation>该行除关键字外没有内容。</translation>
    </message>
    <message>
      <source>The row names no road.</source>
      <translation>该行没有写明道路。</translation>
    </message>
    <message>
      <source>The row names no unit grid, community or street.</source>
      <translation>该行没有写明单元网格、社区或街道。</translation>
    </message>
    <message>
      <source>The row says the same as row {row}.</source>
      <translation>该行与第 {row} 行相同。</translation>
    </message>
    <message>
      <source>The schema “{schema}” holds a workspace already. Choose another schema; nothing has been changed.</source>
      <translation>模式“{schema}”中已有工作空间。请另选一个模式；没有作任何改动。</translation>
    </message>
    <message>
      <source>The schema “{schema}” holds no CityGrid workspace. Choose another one, or create the workspace first.</source>
      <translation>模式“{schema}”中没有 CityGrid 工作空间。请另选一个模式，或先创建工作空间。</translation>
    </message>
    <message>
      <source>The schema “{schema}” is of version {found}, this plugin knows versions up to {known}. Update the plugin, then connect again.</source>
      <translation>模式“{schema}”的版本为 {found}，本插件只支持到版本 {known}。请先更新插件，再重新连接。</translation>
    </message>
    <message>
      <source>The schema “{schema}” is of version {found}, this plugin needs version {known}. Let the owner of the schema upgrade it, then connect again.</source>
      <translation>模式“{schema}”的版本为 {found}，本插件需要版本 {known}。请让该模式的所有者升级后再连接。</translation>
    </message>
    <message>
      <source>The service at {url} broke off: {why}{told}. Requests reported before {lacking} could not be read, so the cases that are there stay as they are. Try again later, or ask for a shorter time of reporting (SINCE).</source>
      <translation>服务 {url} 中断：{why}{told}。{lacking} 之前上报的请求未能读取，因此现有案卷保持不变。请稍后再试，或缩短上报时间范围（SINCE）。</translation>
    </message>
    <message>
      <source>The service at {url} cannot be read: {why}{told}. {remedy}</source>
      <translation>服务 {url} 无法读取：{why}{told}。{remedy}</translation>
    </message>
    <message>
      <source>The service at {url} has no requests from {first} to {last}. Ask for another time of reporting (SINCE, UNTIL); some services also need a jurisdiction.</source>
      <translation>服务 {url} 在 {first} 至 {last} 之间没有请求。请更改上报时间范围（SINCE、UNTIL）；有些服务还需要填写辖区（jurisdiction）。</translation>
    </message>
    <message>
      <source>The service broke off: {why} {count} requests were read before and are shown; what was reported before {lacking} is lacking in whole or in part.</source>
      <translation>服务中途断开：{why}此前读到的 {count} 条请求照常显示；{lacking} 之前上报的全部或部分缺失。</translation>
    </message>
    <message>
      <source>The service does not heed the dates that it is asked for; it may know older requests than it gives.</source>
      <translation>服务不理会所询问的日期；可能还有更早的请求未给出。</translation>
    </message>
    <message>
      <source>The service does not know pages; it was asked in shorter times where an answer was full.</source>
      <translation>服务不支持分页；应答已满的时段已分成更短的时段询问。</translation>
    </message>
    <message>
      <source>The service gives 90 days at a time at most; {days} days were asked for in parts.</source>
      <translation>服务一次最多给出 90 天；{days} 天已分段询问。</translation>
    </message>
    <message>
      <source>The service gives {limit} requests at a time at most; where there are more, it was asked in shorter times.</source>
      <translation>服务一次最多给出 {limit} 条请求；请求更多的时段已分成更短的时段询问。</translation>
    </message>
    <message>
      <source>The shortest</source>
      <translation>最短的</translation>
    </message>
    <message>
      <source>The source is kept as “{name}”: the panel of the cases loads it again, by itself if you like.</source>
      <translation>来源已保存为“{name}”：案卷面板可以再次载入，也可设为自动载入。</translation>
    </message>
    <message>
      <source>The source is not read again; the cases that came from it stay.</source>
      <translation>不再读取该来源；来自该来源的案卷保留。</translation>
    </message>
    <message>
      <source>The source “{name}” holds a password or a key in {parameter}. Keep it in an authentication configuration of QGIS, choose that one, and leave it out there.</source>
      <translation>来源“{name}”的 {parameter} 中含有密码或密钥。请将其保存在 QGIS 的身份验证配置中，选用该配置，并从该处删去。</translation>
    </message>
    <message>
      <source>The squares are rotated by {angle}°.</source>
      <translation>方格旋转 {angle}°。</translation>
    </message>
    <message>
      <source>The status is that of the moment at which the cases were loaded.</source>
      <translation>状态为载入案卷时所取时刻的状态。</translation>
    </message>
    <message>
      <source>The status is that of {moment}, told anew from stage, deadline and times.</source>
      <translation>状态为{moment}的状态，按阶段、期限和各时间重新判定。</translation>
    </message>
    <message>
      <source>The steps run in QGIS's Processing, which is switched off. Switch it on in Plugins ▸ Manage and Install Plugins ▸ Processing.</source>
      <translation>各步骤在 QGIS 的“数据处理”插件中运行，而该插件已停用。请在“插件 ▸ 管理并安装插件 ▸ Processing”中启用。</translation>
    </message>
    <message>
      <source>The street at this place is not the one that the community code names.</source>
      <translation>该处的街道与社区编码所指的街道不符。</translation>
    </message>
    <message>
      <source>The street {street} has no grid.</source>
      <translation>街道 {street} 没有网格。</translation>
    </message>
    <message>
      <source>The table of division codes gives one code to several names, so it was not used: {codes}.</source>
      <translation>区划代码表把同一编码给了多个名称，因此未采用：{codes}。</translation>
    </message>
    <message>
      <source>The table of pauses has “{value}” in row {row}. It needs the columns CaseID (案卷编号), from (挂账时间) and to (恢复时间; empty while the pause lasts); or CaseID, time (时间) and event (操作: 挂账, 缓办 or 恢复).</source>
      <translation>暂停表第 {row} 行为“{value}”。需要 CaseID（案卷编号）、from（挂账时间）和 to（恢复时间，尚在暂停时留空）列；或 CaseID、time（时间）和 event（操作：挂账、缓办或恢复）列。</translation>
    </message>
    <message>
      <source>The table of time limits has “{value}” in row {row}. It needs the columns code, limit (a number) and unit (紧急工作时, 工作时, 工作日 or 自然日), and may have kind (component or event) and condition (立案条件); a class and condition once.</source>
      <translation>时限表第 {row} 行为“{value}”。需要 code（小类代码）、limit（时限，数字）和 unit（单位：紧急工作时、工作时、工作日或自然日）列，可有 kind（类型：component 部件或 event 事件）和 condition（立案条件）列；同一类别的同一立案条件只能出现一次。</translation>
    </message>
    <message>
      <source>The table of words has “{value}” in row {row}. It needs the columns value (原值: the word of the other system) and {column}; a word once. {column} is one of: {known}.</source>
      <translation>词表第 {row} 行为“{value}”。需要 value（原值：另一系统的用语）和 {column} 列，同一用语只能出现一次。{column} 取值：{known}。</translation>
    </message>
    <message>
      <source>The tables of {count} more periods are in the layer and in the workbook.</source>
      <translation>另有{count}个时段的表见图层和工作簿。</translation>
    </message>
    <message>
      <source>The temporary folder “{path}” cannot be written: {why}. Free some space there, or let the variable TMPDIR (on Windows TEMP) name another folder, and start again.</source>
      <translation>无法写入临时文件夹“{path}”：{why}。请在该处腾出空间，或将环境变量 TMPDIR（Windows 为 TEMP）设为其他文件夹，然后重新开始。</translation>
    </message>
    <message>
      <source>The text is {encoding}, though the file says {stated}; the bytes decided.</source>
      <translation>文本实为 {encoding} 编码，而文件注明 {stated}；以字节内容为准。</translation>
    </message>
    <message>
      <source>The text is {encoding}, though this format is UTF-8; it was decoded as {encoding}.</source>
      <translation>该格式应为 UTF-8，但文字实为 {encoding}；已按 {encoding} 解码。</translation>
    </message>
    <message>
      <source>The text of {field} fills its field and was perhaps cut: “{value}”.</source>
      <translation>{field} 的文字占满了字段，可能被截断：“{value}”。</translation>
    </message>
    <message>
      <source>The text “{value}” in {field} holds bytes that are not valid {encoding}.</source>
      <translation>{field} 中的文字“{value}”含有不是有效 {encoding} 的字节。</translation>
    </message>
    <message>
      <source>The two plans are the same.</source>
      <translation>两个方案相同。</translation>
    </message>
    <message>
      <source>The unit grid and its communities.</source>
      <translation>单元网格及其社区。</translation>
    </message>
    <message>
      <source>The unit grid has changed since: {gone} unit grids of the plan are no more, and {unassigned} unit grids have no responsibility grid. Run “Create responsibility grids”, or assign them by hand.</source>
      <translation>单元网格此后有变动：方案中的 {gone} 个单元网格已不存在，另有 {unassigned} 个单元网格没有责任网格。请运行“创建责任网格”，或手工划分。</translation>
    </message>
    <message>
      <source>The unit grid has changes that are not saved. Save or undo them first, in the tab “Unit grid”.</source>
      <translation>单元网格有未保存的修改，请先在“单元网格”选项卡中保存或撤销。</translation>
    </message>
    <message>
      <source>The unit grid has unsaved changes. While CityGrid is off, saving writes no crosswalk.</source>
      <translation>单元网格有未保存的更改。CityGrid 停用期间，保存时不会写入编码对照表。</translation>
    </message>
    <message>
      <source>The unit grid is being checked…</source>
      <translation>正在检查单元网格…</translation>
    </message>
    <message>
      <source>The unit grid is newer than the responsibility grids, so those that are locked may change, too. Lock them again in the new ones.</source>
      <translation>单元网格比责任网格新，因此已锁定的责任网格也可能改变，请在新的责任网格中重新锁定。</translation>
    </message>
    <message>
      <source>The unit grid is saved, but {count} rows of its crosswalk are not (see “Show more”). {why}</source>
      <translation>单元网格已保存，但编码对照表有 {count} 行未能写入（见“显示更多”）。{why}</translation>
    </message>
    <message>
      <source>The unit grid was not checked yet.</source>
      <translation>单元网格尚未检查。</translation>
    </message>
    <message>
      <source>The unit grids are saved, but their responsibility grids and {count} rows of the log are not (see “Show more”); they will be with the next saving. {why}</source>
      <translation>单元网格已保存，但责任网格和 {count} 行日志未能写入（见“显示更多”），将在下次保存时写入。{why}</translation>
    </message>
    <message>
      <source>The workbook lists the cases that count</source>
      <translation>工作簿列出计入统计的案卷</translation>
    </message>
    <message>
      <source>The workspace holds no communities to check against.</source>
      <translation>工作空间中没有可供对照检查的社区。</translation>
    </message>
    <message>
      <source>The workspace “{path}” is not there any more. Put it back and try again, or close this window and open another workspace.</source>
      <translation>工作空间“{path}”已不存在。请将其放回原处后重试，或关闭此窗口并打开其他工作空间。</translation>
    </message>
    <message>
      <source>There are no barriers to rotate the squares to; they stand north to south.</source>
      <translation>没有可作旋转依据的阻隔要素；方格按正南北方向排列。</translation>
    </message>
    <message>
      <source>There are no cases yet. Load a list of cases first.</source>
      <translation>还没有案卷。请先加载案卷列表。</translation>
    </message>
    <message>
      <source>There are no unit grids by responsibility grid on the map. Create responsibility grids first.</source>
      <translation>地图上没有按责任网格划分的单元网格，请先创建责任网格。</translation>
    </message>
    <message>
      <source>There is a plan “{plan}” already. Choose another name.</source>
      <translation>已有方案“{plan}”，请另取名称。</translation>
    </message>
    <message>
      <source>There is no limit of a unit grid at this place.</source>
      <translation>此处没有单元网格的边界。</translation>
    </message>
    <message>
      <source>There is no unit grid at this place.</source>
      <translation>此处没有单元网格。</translation>
    </message>
    <message>
      <source>There is no unit grid on the map. Open a workspace, or add a polygon layer with BGID.</source>
      <translation>地图上没有单元网格。请打开工作空间，或添加带 BGID 字段的面图层。</translation>
    </message>
    <message>
      <source>There is no unit grid. Choose one as GRID, or a workspace that holds one.</source>
      <translation>没有单元网格。请选择单元网格 (GRID)，或选择含有单元网格的工作空间。</translation>
    </message>
    <message>
      <source>There is nothing to check: choose a folder in FOLDER or a zip in FILE.</source>
      <translation>没有可检查的内容：请在 FOLDER 中选择文件夹，或在 FILE 中选择 zip。</translation>
    </message>
    <message>
      <source>There is nothing to divide anew: all responsibility grids here are locked.</source>
      <translation>没有可重新划分的内容：此处的责任网格均已锁定。</translation>
    </message>
    <message>
      <source>There is nothing to import: choose a layer in INPUT or files in FILES.</source>
      <translation>没有可导入的内容：请在 INPUT 选择图层，或在 FILES 选择文件。</translation>
    </message>
    <message>
      <source>There is nothing to load: choose a list of cases in INPUT or an Open311 service in SERVICE_URL.</source>
      <translation>没有可载入的内容：请在 INPUT 中选择案卷清单，或在 SERVICE_URL 中给出 Open311 服务。</translation>
    </message>
    <message>
      <source>There is nothing to redo.</source>
      <translation>没有可重做的操作。</translation>
    </message>
    <message>
      <source>There is nothing to save.</source>
      <translation>没有需要保存的更改。</translation>
    </message>
    <message>
      <source>There is nothing to undo.</source>
      <translation>没有可撤销的操作。</translation>
    </message>
    <message>
      <source>These are records that an earlier import did not take; their own columns were restored.</source>
      <translation>这些是先前导入未接收的记录；已恢复其原有的列。</translation>
    </message>
    <message>
      <source>These classes of waters are not known and have the rule for the others: {values}.</source>
      <translation>这些水体等级无法识别，按其他水体的规定处理：{values}。</translation>
    </message>
    <message>
      <source>These codes stand beside different names; their rows were joined: {codes}.</source>
      <translation>下列编码对应不同的名称，相应的行已合并：{codes}。</translation>
    </message>
    <message>
      <source>These days end at the same time of the day.</source>
      <translation>自然日在同一时刻到期。</translation>
    </message>
    <message>
      <source>These hours run day and night.</source>
      <translation>这些小时昼夜连续计算。</translation>
    </message>
    <message>
      <source>These layers have no weight in WEIGHTS and were not counted: {names}.</source>
      <translation>这些图层在 WEIGHTS 中没有权重，未计入：{names}。</translation>
    </message>
    <message>
      <source>These names occur more than once in a street; each row was kept as a community: {names}.</source>
      <translation>以下名称在同一街道中出现多次，每一行各作为一个社区保留：{names}。</translation>
    </message>
    <message>
      <source>These records are not taken. They go to the rejected ones, so that none is lost.</source>
      <translation>这些记录不导入，将归入未接收的记录，不会丢失。</translation>
    </message>
    <message>
      <source>These two unit grids share limits in more than one place. Move the vertices one by one.</source>
      <translation>这两个单元网格有多段公共边界。请逐个移动顶点。</translation>
    </message>
    <message>
      <source>Thin grids</source>
      <translation>狭长网格</translation>
    </message>
    <message>
      <source>This case lies outside all unit grids.</source>
      <translation>该案卷在所有单元网格之外。</translation>
    </message>
    <message>
      <source>This case names the community {stated}, but lies in {found}.</source>
      <translation>该案卷所填社区为 {stated}，但位于 {found}。</translation>
    </message>
    <message>
      <source>This case names the component {stated}, which is not among the components.</source>
      <translation>该案卷所填部件 {stated} 不在部件图层中。</translation>
    </message>
    <message>
      <source>This case names the grid {stated}, but lies in {found}, {distance} m away from it.</source>
      <translation>该案卷所填网格为 {stated}，但位于 {found}，相距 {distance} 米。</translation>
    </message>
    <message>
      <source>This case names the grid {stated}, which is not among the unit grids; it lies in {found}.</source>
      <translation>该案卷所填网格 {stated} 不在单元网格图层中；它位于 {found}。</translation>
    </message>
    <message>
      <source>This case was finished ({finished}) before it began ({begun}).</source>
      <translation>该案卷的结束（{finished}）早于其开始（{begun}）。</translation>
    </message>
    <message>
      <source>This did not work: {error}</source>
      <translation>操作失败：{error}</translation>
    </message>
    <message>
      <source>This file cannot be read: {why}</source>
      <translation>无法读取此文件：{why}</translation>
    </message>
    <message>
      <source>This file has no rows.</source>
      <translation>此文件没有记录。</translation>
    </message>
    <message>
      <source>This file is in {crs}, but most of the delivery in {usual}.</source>
      <translation>此文件的坐标参考系为 {crs}，而成果的大部分为 {usual}。</translation>
    </message>
    <message>
      <source>This file is not in the count table.</source>
      <translation>此文件不在数量统计表中。</translation>
    </message>
    <message>
      <source>This grid</source>
      <translation>本网格</translation>
    </message>
    <message>
      <source>This grid consists of {count} parts.</source>
      <translation>该网格由 {count} 个部分组成。</translation>
    </message>
    <message>
      <source>This grid has no area.</source>
      <translation>该网格没有面积。</translation>
    </message>
    <message>
      <source>This grid has no code.</source>
      <translation>该网格没有编码。</translation>
    </message>
    <message>
      <source>This grid is too large: {area} m², {ratio} times the area asked for.</source>
      <translation>该网格面积过大：{area} m²，为目标面积的 {ratio} 倍。</translation>
    </message>
    <message>
      <source>This grid is too small: {area} m², {ratio} times the area asked for.</source>
      <translation>该网格面积过小：{area} m²，为目标面积的 {ratio} 倍。</translation>
    </message>
    <message>
      <source>This grid is too thin: its compactness (4πA/P²) is {compactness}.</source>
      <translation>该网格过于狭长：紧凑度（4πA/P²）为 {compactness}。</translation>
    </message>
    <message>
      <source>This grid lies in no community.</source>
      <translation>该网格不在任何社区内。</translation>
    </message>
    <message>
      <source>This grid lies in no street.</source>
      <translation>该网格不在任何街道内。</translation>
    </message>
    <message>
      <source>This is a limit of a community, and it stays where it is. The end of a limit that meets it can be dragged along it.</source>
      <translation>这是社区边界，不能移动。与之相接的网格边界，其端点可沿社区边界拖动。</translation>
    </message>
    <message>
      <source>This month</source>
      <translation>本月</translation>
    </message>
    <message>
      <source>This place lies in no unit grid.</source>
      <translation>此处不在任何单元网格内。</translation>
    </message>
    <message>
      <source>This place lies in the unit grid {found}, but BGID is {code}.</source>
      <translation>此处位于单元网格 {found} 内，但 BGID 为 {code}。</translation>
    </message>
    <message>
      <source>This quarter</source>
      <translation>本季度</translation>
    </message>
    <message>
      <source>This row has an end date ({last}): it is not valid now.</source>
      <translation>此行有终止日期（{last}），现已无效。</translation>
    </message>
    <message>
      <source>This row has no shape.</source>
      <translation>此行没有图形。</translation>
    </message>
    <message>
      <source>This week</source>
      <translation>本周</translation>
    </message>
    <message>
      <source>Those of CityGrid (BGID, ObjID …)</source>
      <translation>CityGrid 的字段名（BGID、ObjID 等）</translation>
    </message>
    <message>
      <source>Three cases of the list are being looked at…</source>
      <translation>正在查看列表中的三个案卷…</translation>
    </message>
    <message>
      <source>Time</source>
      <translation>时间</translation>
    </message>
    <message>
      <source>Time limit</source>
      <translation>时限</translation>
    </message>
    <message>
      <source>Time limits</source>
      <translation>处置时限</translation>
    </message>
    <message>
      <source>Time limits (columns code, limit, unit)</source>
      <translation>时限（列 code、limit、unit）</translation>
    </message>
    <message>
      <source>Time limits that come with the plugin</source>
      <translation>插件自带的时限表</translation>
    </message>
    <message>
      <source>Time zone</source>
      <translation>时区</translation>
    </message>
    <message>
      <source>Time zone, such as Asia/Shanghai (that of this computer if empty)</source>
      <translation>时区，如 Asia/Shanghai（留空则用本计算机的时区）</translation>
    </message>
    <message>
      <source>Times</source>
      <translation>时间</translation>
    </message>
    <message>
      <source>Times sent back</source>
      <translation>返工次数</translation>
    </message>
    <message>
      <source>To</source>
      <translation>截止日期</translation>
    </message>
    <message>
      <source>To another owner</source>
      <translation>转给另一责任人</translation>
    </message>
    <message>
      <source>To another responsibility grid</source>
      <translation>转到另一责任网格</translation>
    </message>
    <message>
      <source>Topographic map 地形图</source>
      <translation>地形图</translation>
    </message>
    <message>
      <source>Total</source>
      <translation>合计</translation>
    </message>
    <message>
      <source>Trend</source>
      <translation>趋势</translation>
    </message>
    <message>
      <source>Try again</source>
      <translation>重试</translation>
    </message>
    <message>
      <source>Try it in a browser, check the network and proxy settings of QGIS, and try again later.</source>
      <translation>请在浏览器中试一试，检查 QGIS 的网络和代理设置，稍后再试。</translation>
    </message>
    <message>
      <source>Turns records of the component census into one coded component layer. Nothing is lost: every record read is accepted, rejected or skipped, and those that were not taken are in REJECTED with their row, all their columns, the reason and their place.

Input: a layer of QGIS in INPUT; in FILES any number of files, folders and zip archives (shapefile, GeoPackage, GeoJSON, KML, DXF, CSV, Excel …). The encoding is told from the bytes of a file, whatever a .cpg says; codes stay text. Coordinates in columns are found by name (经度 / 纬度, lon / lat, x / y) and put right where they are exchanged. REJECTED, repaired, can be imported again as it is.

Mapping: fields are found by their names in Chinese and English. A mapping says otherwise: JSON text, or the path of a JSON file, such as {{"ObjID": "编号", "ObjState": {{"field": "现状", "values": {{"1": "完好"}}}}, "ClassCode": {{"value": "0118"}}}}. It can fill: {targets}. MajorCode is for a class that is given in two columns. A file without a class column may be named after its class (BJ0118). A list of saved mappings may name the file and layer that each is for; of several files, those that lack a column of the mapping are read by the names of their own.

Scheme: the texts of CQSZ10-2007 and CJ/T 214-2007 were not available; the 85 classes come from tables that cite them, each with its status in the report. The codes of the local classes (major 21) are not published: load your city's table (columns code, name) as extension. Unknown codes 21xx are kept and reported; other unknown codes are rejected. The report lists the local classes that are known by name only.

Ids: a sound id of 16 digits (district, class, number) is kept. Ids that a spreadsheet damaged, that name another district or class, or that repeat are replaced, and the old text goes to Note. New numbers follow the highest that was ever used in the existing components and the file.

Same class and place (0.01 m) as an earlier record or an existing component: skipped. With a unit grid, components get its BGID and those outside are rejected; a point on a shared edge gets the lower code, a line or polygon the grid with its largest part, and none is cut. In Chongqing (district codes 50…) an empty DeptName1 is filled with the department that answers for the class.

Rules: each has a level, which LEVELS changes as in {{"near_duplicate": "reject"}}: reject, skip, warn or off. They are: {rules}. PROBLEMS shows each finding at its place, SUMMARY counts them by file, class and rule.

Existing components: the output holds them unchanged, followed by the new ones, so it may replace them. UPDATE renews them instead: records are matched by id, else by class and place; what is changed or moved is taken over, ids and initial dates stay, and what the delivery lacks of its classes gets an end date only where that is asked for. COVERED says what counts as missing: a delivery of some communities need not close the components of the others. CHANGES shows each change.

A dry run does everything but write the output. An import that was interrupted is simply started again: nothing is taken twice. Where the output is a layer of a workspace, a row in its table census_log tells of each import.</source>
      <translation>将部件普查记录转为一个已编码的部件图层。不丢失任何内容：读取的每条记录或接收、或不接收、或跳过；未接收的记录连同行号、全部列、原因和位置列于 REJECTED 中。

输入：INPUT 为 QGIS 图层；FILES 可为任意多个文件、文件夹和 zip 压缩包（Shapefile、GeoPackage、GeoJSON、KML、DXF、CSV、Excel……）。字符编码由文件的字节内容判定，不以 .cpg 为准；代码始终为文本。坐标列按列名查找（经度 / 纬度、lon / lat、x / y），颠倒时自动更正。REJECTED 修复后可原样再次导入。

字段映射：字段按其中英文名称查找。也可用字段映射指定，即 JSON 文本或 JSON 文件的路径，例如 {{"ObjID": "编号", "ObjState": {{"field": "现状", "values": {{"1": "完好"}}}}, "ClassCode": {{"value": "0118"}}}}。可填写的字段：{targets}。MajorCode 用于类别分两列给出的情形。没有类别列的文件可以类别命名（BJ0118）。已保存映射的列表可以指明各自适用的文件和图层；多个文件中，缺少映射所用列的文件按其自身列名读取。

代码体系：未能获得 CQSZ10-2007 和 CJ/T 214-2007 原文；85 个类别取自引用标准的资料，报告中注明各自的可靠程度。地方扩展类别（大类 21）的代码未公布：请将本市的代码表（列 code、name）作为扩展表载入。未知的 21xx 代码予以保留并报告；其他未知代码不予接收。仅知名称的地方扩展类别列于报告中。

标识码：完好的 16 位标识码（区、类别、顺序号）予以保留。被电子表格损坏、所含区或类别与记录不符或重复的标识码重新编码，原文保留在 Note 中。新顺序号接在已有部件和本文件中曾用过的最大号之后。

与前面的记录或已有部件类别、位置（0.01 m）均相同：跳过。给定单元网格时，部件取得其 BGID，在网格之外的不予接收；位于公共边上的点取编码较小者，线和面取占其最大部分的网格，均不切割。在重庆（区代码 50…），空的 DeptName1 填入负责该类别的部门。

规则：每条规则有处理方式，可用 LEVELS 更改，例如 {{"near_duplicate": "reject"}}：reject（不接收）、skip（跳过）、warn（警告）或 off（不检查）。规则有：{rules}。PROBLEMS 在原位置显示每条检查结果，SUMMARY 按文件、类别和规则统计。

已有部件：输出中原样包含已有部件，其后为新部件，因此输出可以替换原图层。UPDATE 则更新已有部件：记录按标识码匹配，否则按类别和位置匹配；变更的属性和位置予以采用，标识码和初始日期保持不变，本次成果所含类别中缺失的部件仅在要求时填写终止日期。COVERED 规定哪些部件算作缺失：只含部分社区的成果不必使其他社区的部件终止。CHANGES 列出每项变更。

试运行执行除写出部件以外的全部步骤。中断的导入只需重新开始：不会重复接收。输出为工作空间图层时，其 census_log 表中每次导入有一行记录。</translation>
    </message>
    <message>
      <source>Two files are called “{name}”, but are read or mapped in different ways. Rename one of them.</source>
      <translation>有两个文件同名“{name}”，但读取或映射方式不同。请将其中一个改名。</translation>
    </message>
    <message>
      <source>Undo</source>
      <translation>撤销</translation>
    </message>
    <message>
      <source>Undo: {step}</source>
      <translation>撤销：{step}</translation>
    </message>
    <message>
      <source>Unfinished cases by status</source>
      <translation>未结案卷（按状态）</translation>
    </message>
    <message>
      <source>Unit grid</source>
      <translation>单元网格</translation>
    </message>
    <message>
      <source>Unit grid (that of the workspace if empty)</source>
      <translation>单元网格（为空时取工作空间的单元网格）</translation>
    </message>
    <message>
      <source>Unit grid by owner</source>
      <translation>按归属显示的单元网格</translation>
    </message>
    <message>
      <source>Unit grid by responsibility grid</source>
      <translation>按责任网格显示的单元网格</translation>
    </message>
    <message>
      <source>Unit grid code</source>
      <translation>单元网格编码</translation>
    </message>
    <message>
      <source>Unit grid with owners</source>
      <translation>带归属的单元网格</translation>
    </message>
    <message>
      <source>Unit grid with responsibility grids</source>
      <translation>带责任网格的单元网格</translation>
    </message>
    <message>
      <source>Unit grid {cell} alone carries {percent} % of the mean workload, and a unit grid is not divided.</source>
      <translation>仅单元网格 {cell} 就占平均工作量的 {percent} %，而单元网格不可拆分。</translation>
    </message>
    <message>
      <source>Unit grid {cell} alone carries {percent} % of the mean workload; the other responsibility grids share what is left.</source>
      <translation>仅单元网格 {cell} 就占平均工作量的 {percent} %；其他责任网格分担其余部分。</translation>
    </message>
    <message>
      <source>Unit grid {cell} is of another community than responsibility grid {zone}, which stays inside its own.</source>
      <translation>单元网格 {cell} 与责任网格 {zone} 不属于同一社区，责任网格不得跨社区。</translation>
    </message>
    <message>
      <source>Unit grid “{code}” has no community code of {digits} digits in the field CommCode, so it can get no new code. Fill the field in first.</source>
      <translation>单元网格“{code}”的 CommCode 字段中没有 {digits} 位社区编码，无法生成新编码。请先填写该字段。</translation>
    </message>
    <message>
      <source>Unit grid, best with its responsibility grids</source>
      <translation>单元网格（最好带有责任网格编码）</translation>
    </message>
    <message>
      <source>Unit grid, or grid with owners</source>
      <translation>单元网格，或带责任人的网格</translation>
    </message>
    <message>
      <source>Unit grids</source>
      <translation>单元网格</translation>
    </message>
    <message>
      <source>Unit grids in a responsibility grid, on average</source>
      <translation>每个责任网格平均包含的单元网格数</translation>
    </message>
    <message>
      <source>Unit grids of 0.5 to 1.5 times the area asked for</source>
      <translation>面积为目标面积 0.5 至 1.5 倍的单元网格占比</translation>
    </message>
    <message>
      <source>Unit grids that changed hands</source>
      <translation>归属有变化的单元网格</translation>
    </message>
    <message>
      <source>Unit grids with an owner</source>
      <translation>有责任人的单元网格</translation>
    </message>
    <message>
      <source>Unit grids with more than a tenth of their area on each side of a strong barrier</source>
      <translation>被强阻隔要素分隔、两侧面积均超过十分之一的单元网格占比</translation>
    </message>
    <message>
      <source>Unit grids without one: {count}.</source>
      <translation>未分配的单元网格：{count} 个。</translation>
    </message>
    <message>
      <source>Unknown classes</source>
      <translation>未知的类别</translation>
    </message>
    <message>
      <source>Unlock responsibility grids</source>
      <translation>解锁责任网格</translation>
    </message>
    <message>
      <source>Use these numbers</source>
      <translation>采用这些数量</translation>
    </message>
    <message>
      <source>User</source>
      <translation>用户</translation>
    </message>
    <message>
      <source>Valid on (YYYYMMDD; now if empty)</source>
      <translation>有效日期（YYYYMMDD；留空为现在）</translation>
    </message>
    <message>
      <source>Values compared</source>
      <translation>比较的值</translation>
    </message>
    <message>
      <source>Values of “{column}”</source>
      <translation>“{column}”的取值</translation>
    </message>
    <message>
      <source>Values that the format cannot hold</source>
      <translation>该格式无法保存的值</translation>
    </message>
    <message>
      <source>Values…</source>
      <translation>取值…</translation>
    </message>
    <message>
      <source>Version {number} (“{name}”) of the schema “{schema}” was not made by this plugin's migration. Restore the schema from a backup, or move the workspace into a new schema.</source>
      <translation>模式“{schema}”的版本 {number}（“{name}”）不是由本插件的升级脚本生成的。请从备份恢复该模式，或把工作空间迁入新的模式。</translation>
    </message>
    <message>
      <source>Void</source>
      <translation>作废</translation>
    </message>
    <message>
      <source>Void at the moment</source>
      <translation>该时刻作废</translation>
    </message>
    <message>
      <source>WEIGHTS cannot be read: {why}. Write the weight of each part as JSON, such as {{"area": 1, "components": 2}}; parts are area, fields of the unit grid, and the names of the layers that are counted.</source>
      <translation>WEIGHTS 无法读取：{why}。请用 JSON 写明各项的权重，例如（components 即部件图层）{{"area": 1, "components": 2}}；可用的项有 area、单元网格的字段，以及参与计数的图层的名称。</translation>
    </message>
    <message>
      <source>WEIGHTS names “{name}”, which is none of the parts of a workload here: {available}.</source>
      <translation>WEIGHTS 中的“{name}”不是这里可用的工作量项：{available}。</translation>
    </message>
    <message>
      <source>Warning</source>
      <translation>警告</translation>
    </message>
    <message>
      <source>Warnings</source>
      <translation>警告</translation>
    </message>
    <message>
      <source>Water</source>
      <translation>水体</translation>
    </message>
    <message>
      <source>Waters</source>
      <translation>水体数</translation>
    </message>
    <message>
      <source>Waters (lines or polygons)</source>
      <translation>水体（线或面）</translation>
    </message>
    <message>
      <source>Weak</source>
      <translation>弱</translation>
    </message>
    <message>
      <source>Week</source>
      <translation>周</translation>
    </message>
    <message>
      <source>Weights of several workloads (JSON, or the path of a JSON file)</source>
      <translation>多种工作量的权重（JSON 或 JSON 文件的路径）</translation>
    </message>
    <message>
      <source>What is on the map is not kept in any plan and would be lost. Open the other plan all the same?</source>
      <translation>地图上的责任网格未保存在任何方案中，打开后将会丢失。仍要打开另一方案吗？</translation>
    </message>
    <message>
      <source>What is on the map is not kept yet.</source>
      <translation>地图上的责任网格尚未保存为方案。</translation>
    </message>
    <message>
      <source>What lies where was not checked: {file} has no usable shapes, no coordinate reference system, or one that its coordinates do not fit.</source>
      <translation>未检查空间位置关系：{file} 没有可用的图形、没有坐标参考系，或坐标与坐标参考系不符。</translation>
    </message>
    <message>
      <source>What the cases are now</source>
      <translation>案卷现状</translation>
    </message>
    <message>
      <source>What the cases were when they were loaded</source>
      <translation>载入时的案卷状况</translation>
    </message>
    <message>
      <source>What the delivery lacks is missing among</source>
      <translation>本次成果未包含时算作缺失的部件</translation>
    </message>
    <message>
      <source>What to know</source>
      <translation>说明</translation>
    </message>
    <message>
      <source>What was loaded before stays.</source>
      <translation>此前载入的案卷保持不变。</translation>
    </message>
    <message>
      <source>What was not taken is in the layer “{layer}” of the workspace, each record with the reason. Once corrected there, the layer can be imported with “Import components” in the Processing toolbox.</source>
      <translation>未导入的记录在工作空间的图层“{layer}”中，每条都注明原因。在其中改正后，可用处理工具箱中的“导入部件”导入该图层。</translation>
    </message>
    <message>
      <source>What was not taken is in the layer “{layer}” of the workspace, each row with the reason.</source>
      <translation>未载入的行在工作空间的图层“{layer}”中，每行都注明原因。</translation>
    </message>
    <message>
      <source>What went from whom to whom</source>
      <translation>归属变化明细</translation>
    </message>
    <message>
      <source>When is a case due? What the list states itself goes before; the rest is computed.</source>
      <translation>案卷何时到期？列表自己写明的优先，其余由计算得出。</translation>
    </message>
    <message>
      <source>Where the cases come from</source>
      <translation>案卷来源</translation>
    </message>
    <message>
      <source>Whether day or month stands first in {field} cannot be told; the month was taken first.</source>
      <translation>无法判断 {field} 中日与月的先后，按月在前处理。</translation>
    </message>
    <message>
      <source>Which column holds what? What could be told from names and values is filled in.</source>
      <translation>各列表示什么？能从列名和取值判断的已填好。</translation>
    </message>
    <message>
      <source>Whole range</source>
      <translation>整个时段</translation>
    </message>
    <message>
      <source>Widths of fields and classes whose status is not “standard” come from other systems and excerpts: the texts of the standards were not available.</source>
      <translation>状态不是“standard”的字段宽度和类别来自其他系统和摘录：未能取得标准原文。</translation>
    </message>
    <message>
      <source>With people</source>
      <translation>含责任人的图层</translation>
    </message>
    <message>
      <source>Within the river setback</source>
      <translation>河道退让范围内的对象</translation>
    </message>
    <message>
      <source>Without a class</source>
      <translation>未分类</translation>
    </message>
    <message>
      <source>Without a street</source>
      <translation>无街道</translation>
    </message>
    <message>
      <source>Without a table: roads to divide (names with commas between; all if empty)</source>
      <translation>没有路段表时：要划分的道路（名称以逗号分隔；留空为全部）</translation>
    </message>
    <message>
      <source>Without an owner</source>
      <translation>无责任人</translation>
    </message>
    <message>
      <source>Words for sources (columns value, source)</source>
      <translation>来源词表（列 value、source）</translation>
    </message>
    <message>
      <source>Words for stages (columns value, stage)</source>
      <translation>阶段词表（列 value、stage）</translation>
    </message>
    <message>
      <source>Words in number, text, class, place …</source>
      <translation>编号、描述、小类、地点…中的文字</translation>
    </message>
    <message>
      <source>Work calendar</source>
      <translation>工作日历</translation>
    </message>
    <message>
      <source>Work hours and days</source>
      <translation>工作时间和工作日</translation>
    </message>
    <message>
      <source>Work hours and workdays</source>
      <translation>工作时和工作日</translation>
    </message>
    <message>
      <source>Work hours: {hours}.</source>
      <translation>工作时间：{hours}。</translation>
    </message>
    <message>
      <source>Workbook</source>
      <translation>工作簿</translation>
    </message>
    <message>
      <source>Workload</source>
      <translation>工作量</translation>
    </message>
    <message>
      <source>Workload against the mean of the responsibility grids that are listed</source>
      <translation>工作量与列表中责任网格均值之差</translation>
    </message>
    <message>
      <source>Workload: least / mean / most</source>
      <translation>工作量：最小 / 平均 / 最大</translation>
    </message>
    <message>
      <source>Workspace (GeoPackage)</source>
      <translation>工作空间 (GeoPackage)</translation>
    </message>
    <message>
      <source>Write the cases shown to a workbook, CSV or GeoPackage</source>
      <translation>把所显示的案卷写入工作簿、CSV 或 GeoPackage</translation>
    </message>
    <message>
      <source>Write this scheme beside the others, class by class, as a table</source>
      <translation>将此方案逐类与其他方案对照，保存为对照表</translation>
    </message>
    <message>
      <source>Writes a folder with one GeoPackage and one QGIS project for the field. Copy it to a device and open it in QField, or upload it to Mergin Maps, as it is; it opens in QGIS, too.

Components are drawn as points, lines or areas into three empty layers. Their form asks for the class (first the major class, then its classes), state, source, date and surveyor, and takes a photo; what is required must be filled before a component can be saved. Nobody types an id: the device gives each component a number of its own (FieldID), and the import gives the code. The unit grid with its codes, the communities, components that are known already and any base layers lie below and cannot be changed.

Take the unit grid from a workspace or choose it; of a workspace, its communities and components are taken, too. Without communities, they are made from the unit grid. A package may hold some communities or streets only (by code or name), an extent, or some classes (by code, name or major class).

The way back: run Import components on each filled layer of survey_data.gpkg; the fields have the names that it knows. With import_mapping.json as its mapping, surveyor and photo go to Note.

The folder must be new or empty; it appears when the package is complete.</source>
      <translation>生成一个外业用的文件夹：一个 GeoPackage 和一个 QGIS 项目。原样复制到设备用 QField 打开，或上传到 Mergin Maps；也可在 QGIS 中打开。

部件按点、线、面采集到三个空图层。表单要求填写类别（先选大类，再选小类）、状态、数据来源、日期和采集人，并可拍照；必填项未填不能保存。标识码无需手工输入：设备为每个部件生成外业编号 (FieldID)，导入时再编制标识码。单元网格及其编码、社区、已有部件和底图在下面显示，不能修改。

单元网格可取自工作空间或另行选择；选择工作空间时，也取其中的社区和部件。没有社区图层时由单元网格生成。可以只含部分社区或街道（按代码或名称）、某一范围，或部分类别（按代码、名称或大类）。

回到内业：对 survey_data.gpkg 中每个采集图层运行“导入部件”，字段名称会被自动识别；映射用 import_mapping.json 时，采集人和照片写入备注。

文件夹须为新建或空的；采集包完成后才会出现。</translation>
    </message>
    <message>
      <source>Writes layers as shapefiles into a folder, in GBK or UTF-8, with a .cpg and a language id that say the same. Codes stay text; dates (ORDate, CHDate) are dates; times are text, so nothing of them is lost.

Of unit grids and components only what is valid now is written, without the rows that have an end date (CHDate); with a date, what was valid on it; or all rows.

Components (layers with a ClassCode) can be written as one file a class, named BJ0101 or by the name of the class. A layer with several kinds of geometry becomes several files, and so does one of nearly 2 GB.

Each field is as wide, in bytes, as the field dictionary says; its status tells how well that is known, since the texts of the standards were not available. A city's own dictionary (a table with layer, field, type, width) can take its place. A .dbf holds field names of 10 bytes: names that are shortened, texts that are cut and characters that the encoding lacks are listed in the report with their rows.

The belt of CGCS2000 can be chosen by its kind; the layers' place decides which one.

Beside the files stand a count table, the field dictionary and a data description. Each file is opened again and compared with its layer, value by value, before the folder is published; the report names the reader. The same layers give the same bytes. Files of others in the folder stay; an earlier delivery is replaced.</source>
      <translation>将图层以 Shapefile 写入文件夹，编码为 GBK 或 UTF-8，.cpg 与语言标识一致。代码保持为文本；日期（ORDate、CHDate）为日期型；时间为文本，因此不会丢失。

单元网格和部件只写现行有效的行，不含有终止日期（CHDate）的行；给出日期时写当日有效的行；也可写全部行。

部件（含 ClassCode 的图层）可以每类一个文件，以 BJ0101 或类别名称命名。含多种几何类型的图层分为多个文件，接近 2 GB 的也会分开。

字段宽度（字节）按字段字典；其状态说明依据是否可靠，因为未能取得标准原文。可用本市自己的字典（含 layer、field、type、width 列的表）代替。.dbf 的字段名最多 10 字节：缩短的字段名、截断的文字以及编码中没有的字符都在报告中列出所在的行。

可以按类型选择 CGCS2000 分带，具体带号由图层位置决定。

同时写出数量统计表、字段字典和数据说明。每个文件都重新打开，与图层逐值比较，之后才发布文件夹；报告写明所用的读取程序。相同的图层得到逐字节相同的文件。文件夹中他人的文件保留；先前的成果被替换。</translation>
    </message>
    <message>
      <source>Writes who answers for which responsibility grid (责任网格): street, community, code, name, unit grids, area, components, open and overdue cases, workload, owner, post, phone and period. Owners of communities and streets are added where their layers name them.

A workbook (.xlsx) has a sheet with all, one with the totals of the streets, and one for each street, ready to print; grids that belong to no street have a sheet of their own. A file that ends in .csv holds the whole list. Codes are text, and no text is ever a formula. Grids without an owner on the date of the list stand out.

Components and cases count for the responsibility grid of their unit grid (BGID), else for the one that they name (RGID), else for the one where they lie. Open cases are those that are open, due soon, overdue or suspended; overdue ones are among them. Closed unit grids and components (with an end date) do not count.</source>
      <translation>写出每个责任网格由谁负责：街道、社区、编码、名称、单元网格数、面积、部件数、未结和超期案卷数、工作量、责任人、职务、电话和任期。社区和街道图层中有责任人的，一并列出。

工作簿（.xlsx）包含一张全部清单、一张各街道汇总，以及每个街道一张可直接打印的工作表；不属于任何街道的网格单独成表。以 .csv 结尾的文件包含完整清单。编码均为文本，任何文本都不会被当作公式。在清单日期没有责任人的网格会突出显示。

部件和案卷计入其单元网格（BGID）所属的责任网格，否则计入其记录的责任网格（RGID），再否则按所在位置计入。未结案卷包括待办、即将到期、超期和挂起的案卷，超期案卷包含在内。已终止的单元网格和部件（有终止日期）不计入。</translation>
    </message>
    <message>
      <source>Wrong dates</source>
      <translation>错误的日期</translation>
    </message>
    <message>
      <source>You may not do “{what}”: {why}. Ask the administrator of the database for the role of a surveyor or planner.</source>
      <translation>您无权执行“{what}”：{why}。请向数据库管理员申请测绘员或规划员角色。</translation>
    </message>
    <message>
      <source>Zip archives (*.zip)</source>
      <translation>Zip 压缩包 (*.zip)</translation>
    </message>
    <message>
      <source>Zip archives and shapefiles (*.zip *.shp)</source>
      <translation>Zip 压缩包和 Shapefile (*.zip *.shp)</translation>
    </message>
    <message>
      <source>Zip of the folder</source>
      <translation>文件夹的 zip 压缩包</translation>
    </message>
    <message>
      <source>Zip or shapefile (instead of the folder)</source>
      <translation>zip 或 Shapefile（代替文件夹）</translation>
    </message>
    <message>
      <source>Zoom to the case</source>
      <translation>缩放到案卷</translation>
    </message>
    <message>
      <source>a class has neither metres nor a rule</source>
      <translation>有等级既没有距离也没有规定</translation>
    </message>
    <message>
      <source>a day such as 2025-06-30</source>
      <translation>形如 2025-06-30 的日期</translation>
    </message>
    <message>
      <source>a name such as Asia/Shanghai</source>
      <translation>形如 Asia/Shanghai 的名称</translation>
    </message>
    <message>
      <source>a sheet has more cells than can be held; divide it</source>
      <translation>工作表的单元格过多，无法容纳；请拆分</translation>
    </message>
    <message>
      <source>a sheet holds fewer rows than the list has; choose .csv</source>
      <translation>清单的行数超出了工作表的容量；请选择 .csv</translation>
    </message>
    <message>
      <source>a similar class; compare what the standards mean by it</source>
      <translation>相近类别；请核对标准中的含义</translation>
    </message>
    <message>
      <source>a table…</source>
      <translation>表格…</translation>
    </message>
    <message>
      <source>a time such as 2025-06-30T12:00:00</source>
      <translation>形如 2025-06-30T12:00:00 的时间</translation>
    </message>
    <message>
      <source>accurate filing</source>
      <translation>准确立案率</translation>
    </message>
    <message>
      <source>all components</source>
      <translation>全部部件</translation>
    </message>
    <message>
      <source>all weights are 0</source>
      <translation>所有权重都是 0</translation>
    </message>
    <message>
      <source>an earlier row has the same case number</source>
      <translation>前面已有相同编号的案卷</translation>
    </message>
    <message>
      <source>an input of this run is read from there</source>
      <translation>本次运行的输入数据就在其中</translation>
    </message>
    <message>
      <source>another name of the same thing</source>
      <translation>同物异名</translation>
    </message>
    <message>
      <source>another output of this run goes there</source>
      <translation>本次运行的另一个输出也写到这里</translation>
    </message>
    <message>
      <source>as it is</source>
      <translation>保持原样</translation>
    </message>
    <message>
      <source>as stated</source>
      <translation>按声明</translation>
    </message>
    <message>
      <source>as the bytes tell ({encoding})</source>
      <translation>按字节判断（{encoding}）</translation>
    </message>
    <message>
      <source>as the file says</source>
      <translation>按文件声明</translation>
    </message>
    <message>
      <source>as the list states</source>
      <translation>按列表所述</translation>
    </message>
    <message>
      <source>asked for</source>
      <translation>目标</translation>
    </message>
    <message>
      <source>before UNTIL, the last day, and not in the future</source>
      <translation>早于截止日期（UNTIL），且不晚于现在</translation>
    </message>
    <message>
      <source>by hand</source>
      <translation>手动</translation>
    </message>
    <message>
      <source>by the fallback rule</source>
      <translation>按后备规则</translation>
    </message>
    <message>
      <source>by the limit of its class</source>
      <translation>按小类的时限</translation>
    </message>
    <message>
      <source>by the limit of the case</source>
      <translation>按案卷自身的时限</translation>
    </message>
    <message>
      <source>changed</source>
      <translation>属性变更</translation>
    </message>
    <message>
      <source>characters missing in the encoding</source>
      <translation>编码中没有的字符</translation>
    </message>
    <message>
      <source>closed</source>
      <translation>已结案</translation>
    </message>
    <message>
      <source>closed before</source>
      <translation>先前已终止</translation>
    </message>
    <message>
      <source>closing rate</source>
      <translation>结案率</translation>
    </message>
    <message>
      <source>components of its classes</source>
      <translation>其所含类别的部件</translation>
    </message>
    <message>
      <source>components of its classes in the communities that it reaches</source>
      <translation>其所含类别在所涉社区内的部件</translation>
    </message>
    <message>
      <source>components of its classes in the unit grids that it reaches</source>
      <translation>其所含类别在所涉单元网格内的部件</translation>
    </message>
    <message>
      <source>corroborated: several tables agree</source>
      <translation>已印证：多份表格一致</translation>
    </message>
    <message>
      <source>cut to the width of the field</source>
      <translation>截断到字段宽度</translation>
    </message>
    <message>
      <source>due soon</source>
      <translation>即将到期</translation>
    </message>
    <message>
      <source>empty, where those grids are not given</source>
      <translation>留空（未给出相应网格时）</translation>
    </message>
    <message>
      <source>error</source>
      <translation>错误</translation>
    </message>
    <message>
      <source>every {count} min</source>
      <translation>每 {count} 分钟</translation>
    </message>
    <message>
      <source>falls apart into {count} parts</source>
      <translation>将断开成 {count} 部分</translation>
    </message>
    <message>
      <source>first half of month {month} of {year}</source>
      <translation>{year}年{month}月上半月</translation>
    </message>
    <message>
      <source>first half of {year}</source>
      <translation>{year}年上半年</translation>
    </message>
    <message>
      <source>first report</source>
      <translation>首次上报</translation>
    </message>
    <message>
      <source>from one city's table</source>
      <translation>来自一个城市的表格</translation>
    </message>
    <message>
      <source>from one secondary source</source>
      <translation>来自一份二手资料</translation>
    </message>
    <message>
      <source>from {begin}</source>
      <translation>自 {begin} 起</translation>
    </message>
    <message>
      <source>from {day}</source>
      <translation>{day} 起</translation>
    </message>
    <message>
      <source>had no responsibility grid before</source>
      <translation>原无责任网格</translation>
    </message>
    <message>
      <source>handled on time</source>
      <translation>按时处置率</translation>
    </message>
    <message>
      <source>has no responsibility grid any more</source>
      <translation>不再属于任何责任网格</translation>
    </message>
    <message>
      <source>in {count} parts</source>
      <translation>分为 {count} 部分</translation>
    </message>
    <message>
      <source>in {file}</source>
      <translation>见 {file}</translation>
    </message>
    <message>
      <source>inferred from other tables</source>
      <translation>由其他表格推断</translation>
    </message>
    <message>
      <source>infinite numbers, left empty</source>
      <translation>无穷大的数，留空</translation>
    </message>
    <message>
      <source>it answers with a web page</source>
      <translation>其应答为网页</translation>
    </message>
    <message>
      <source>it answers with an error</source>
      <translation>其应答为错误</translation>
    </message>
    <message>
      <source>it answers with neither JSON nor XML</source>
      <translation>其应答既不是 JSON 也不是 XML</translation>
    </message>
    <message>
      <source>it answers with nothing</source>
      <translation>其应答为空</translation>
    </message>
    <message>
      <source>it answers with something else than requests</source>
      <translation>其应答不是请求列表</translation>
    </message>
    <message>
      <source>it breaks off</source>
      <translation>它中途断开</translation>
    </message>
    <message>
      <source>it does not answer</source>
      <translation>它没有应答</translation>
    </message>
    <message>
      <source>it does not exist</source>
      <translation>文件不存在</translation>
    </message>
    <message>
      <source>it has cells beyond the last column of a sheet</source>
      <translation>有单元格超出工作表的最后一列</translation>
    </message>
    <message>
      <source>it has more or wider fields than a .dbf can hold</source>
      <translation>字段过多或过宽，.dbf 无法容纳</translation>
    </message>
    <message>
      <source>it has no column of file names with one of numbers of rows beside it</source>
      <translation>其中没有文件名列及相邻的行数列</translation>
    </message>
    <message>
      <source>it has rows beyond the last row of a sheet</source>
      <translation>有行超出工作表的最后一行</translation>
    </message>
    <message>
      <source>it holds half a character (a lone surrogate such as \ud800)</source>
      <translation>含有半个字符（单独的代理项，如 \ud800）</translation>
    </message>
    <message>
      <source>it holds no layer of CityGrid</source>
      <translation>其中没有 CityGrid 图层</translation>
    </message>
    <message>
      <source>it is a binary DXF; save it as an ASCII DXF</source>
      <translation>这是二进制 DXF；请另存为 ASCII DXF</translation>
    </message>
    <message>
      <source>it is a file</source>
      <translation>它是一个文件</translation>
    </message>
    <message>
      <source>it is a folder</source>
      <translation>它是一个文件夹</translation>
    </message>
    <message>
      <source>it is a virtual table</source>
      <translation>它是一个虚拟表</translation>
    </message>
    <message>
      <source>it is broken, or in no format that can be read</source>
      <translation>文件已损坏，或不是可读取的格式</translation>
    </message>
    <message>
      <source>it is larger than 1 GB; split it</source>
      <translation>它超过 1 GB；请拆分</translation>
    </message>
    <message>
      <source>it is neither a folder nor a zip nor a shapefile</source>
      <translation>它既不是文件夹，也不是 zip 或 Shapefile</translation>
    </message>
    <message>
      <source>it is nested too deeply</source>
      <translation>嵌套层次过深</translation>
    </message>
    <message>
      <source>it is no JSON</source>
      <translation>不是 JSON</translation>
    </message>
    <message>
      <source>it is no JSON object</source>
      <translation>不是 JSON 对象</translation>
    </message>
    <message>
      <source>it is no JSON object or array</source>
      <translation>它不是 JSON 对象或数组</translation>
    </message>
    <message>
      <source>it is no JSON object with parts</source>
      <translation>它不是含有各项的 JSON 对象</translation>
    </message>
    <message>
      <source>it is no JSON, or breaks off</source>
      <translation>它不是 JSON，或中途断开</translation>
    </message>
    <message>
      <source>it is no dBase table</source>
      <translation>不是 dBase 表</translation>
    </message>
    <message>
      <source>it is no preset</source>
      <translation>这不是预设</translation>
    </message>
    <message>
      <source>it is not a JSON object</source>
      <translation>不是 JSON 对象</translation>
    </message>
    <message>
      <source>it is there, but is no GeoPackage</source>
      <translation>该文件已存在，但不是 GeoPackage</translation>
    </message>
    <message>
      <source>it is too large for a mapping</source>
      <translation>文件过大，不是映射</translation>
    </message>
    <message>
      <source>it is too slow, or does not answer</source>
      <translation>它过慢，或没有应答</translation>
    </message>
    <message>
      <source>it leads away from https</source>
      <translation>它从 https 转到了别处</translation>
    </message>
    <message>
      <source>it leads from address to address without end</source>
      <translation>它在地址之间不断跳转</translation>
    </message>
    <message>
      <source>it leads to an address of another kind</source>
      <translation>它转到了另一类地址</translation>
    </message>
    <message>
      <source>it wants to be asked again only later</source>
      <translation>它要求稍后再询问</translation>
    </message>
    <message>
      <source>it was saved by another version of CityGrid</source>
      <translation>它由其他版本的 CityGrid 保存</translation>
    </message>
    <message>
      <source>its answer breaks off</source>
      <translation>其应答中途断开</translation>
    </message>
    <message>
      <source>its answer declares entities, which no such service needs</source>
      <translation>其应答声明了实体，这类服务并不需要</translation>
    </message>
    <message>
      <source>its answer is larger than 64 MB</source>
      <translation>其应答超过 64 MB</translation>
    </message>
    <message>
      <source>its answer is no whole JSON</source>
      <translation>其应答不是完整的 JSON</translation>
    </message>
    <message>
      <source>its answer is no whole XML</source>
      <translation>其应答不是完整的 XML</translation>
    </message>
    <message>
      <source>its authentication configuration cannot be used</source>
      <translation>其身份验证配置无法使用</translation>
    </message>
    <message>
      <source>its connection data cannot be read</source>
      <translation>无法读取其连接参数</translation>
    </message>
    <message>
      <source>its fields are longer than its records</source>
      <translation>其字段总长超过记录长度</translation>
    </message>
    <message>
      <source>its fields are of unknown types</source>
      <translation>其字段类型未知</translation>
    </message>
    <message>
      <source>its name must end in .xlsx</source>
      <translation>文件名必须以 .xlsx 结尾</translation>
    </message>
    <message>
      <source>its name must end in .xlsx or .csv</source>
      <translation>文件名必须以 .xlsx 或 .csv 结尾</translation>
    </message>
    <message>
      <source>its name must end in .xlsx, .csv or .gpkg</source>
      <translation>文件名须以 .xlsx、.csv 或 .gpkg 结尾</translation>
    </message>
    <message>
      <source>its pages do not end</source>
      <translation>其分页没有尽头</translation>
    </message>
    <message>
      <source>largest</source>
      <translation>上限</translation>
    </message>
    <message>
      <source>least</source>
      <translation>下限</translation>
    </message>
    <message>
      <source>left as they are</source>
      <translation>保持不变</translation>
    </message>
    <message>
      <source>line</source>
      <translation>线</translation>
    </message>
    <message>
      <source>line or polygon</source>
      <translation>线或面</translation>
    </message>
    <message>
      <source>local class of one city, as an example</source>
      <translation>一个城市的扩展类别，仅为示例</translation>
    </message>
    <message>
      <source>local class, from {table}</source>
      <translation>扩展类别，来自 {table}</translation>
    </message>
    <message>
      <source>mean handling time {mean} hours, nine of ten within {most} hours</source>
      <translation>平均处理时长{mean}小时，九成在{most}小时以内</translation>
    </message>
    <message>
      <source>missing from the delivery</source>
      <translation>本次成果中缺失</translation>
    </message>
    <message>
      <source>month {month} of {year}</source>
      <translation>{year}年{month}月</translation>
    </message>
    <message>
      <source>moved</source>
      <translation>位置变更</translation>
    </message>
    <message>
      <source>moved and changed</source>
      <translation>位置和属性变更</translation>
    </message>
    <message>
      <source>named in a public description of the Chongqing system; its code is not published</source>
      <translation>重庆系统公开介绍中提到，代码未公布</translation>
    </message>
    <message>
      <source>new</source>
      <translation>新增</translation>
    </message>
    <message>
      <source>no coordinates, and no component, grid or community that is known</source>
      <translation>没有坐标，也没有已知的部件、网格或社区</translation>
    </message>
    <message>
      <source>no counterpart in that table</source>
      <translation>该表中无对应类别</translation>
    </message>
    <message>
      <source>no such file</source>
      <translation>没有这个文件</translation>
    </message>
    <message>
      <source>none</source>
      <translation>无</translation>
    </message>
    <message>
      <source>not assigned; load the city's own table</source>
      <translation>未分配；请加载本市扩展表</translation>
    </message>
    <message>
      <source>not covered by the delivery</source>
      <translation>不在本次成果范围内</translation>
    </message>
    <message>
      <source>not known: what does it mean?</source>
      <translation>未知，请说明含义</translation>
    </message>
    <message>
      <source>not of the field's type; the whole field is text</source>
      <translation>与字段类型不符，整个字段改为文本</translation>
    </message>
    <message>
      <source>not set</source>
      <translation>未设置</translation>
    </message>
    <message>
      <source>not taken</source>
      <translation>不接收</translation>
    </message>
    <message>
      <source>note</source>
      <translation>提示</translation>
    </message>
    <message>
      <source>on time</source>
      <translation>按期</translation>
    </message>
    <message>
      <source>on-time rate</source>
      <translation>按期结案率</translation>
    </message>
    <message>
      <source>only those of the calendar</source>
      <translation>仅日历中的节假日</translation>
    </message>
    <message>
      <source>only where the service asks for it</source>
      <translation>仅在服务要求时填写</translation>
    </message>
    <message>
      <source>open</source>
      <translation>办理中</translation>
    </message>
    <message>
      <source>other</source>
      <translation>其他</translation>
    </message>
    <message>
      <source>overdue</source>
      <translation>超期</translation>
    </message>
    <message>
      <source>passed over</source>
      <translation>跳过</translation>
    </message>
    <message>
      <source>point</source>
      <translation>点</translation>
    </message>
    <message>
      <source>polygon</source>
      <translation>面</translation>
    </message>
    <message>
      <source>quarter {quarter} of {year}</source>
      <translation>{year}年第{quarter}季度</translation>
    </message>
    <message>
      <source>recalled from memory, so no rule</source>
      <translation>凭记忆，不作规则</translation>
    </message>
    <message>
      <source>rejected</source>
      <translation>已拒绝</translation>
    </message>
    <message>
      <source>renewed</source>
      <translation>更新</translation>
    </message>
    <message>
      <source>renewed, and closed where they are missing</source>
      <translation>更新，缺失的予以终止</translation>
    </message>
    <message>
      <source>reported after the moment of the status</source>
      <translation>上报时间晚于状态所取时刻</translation>
    </message>
    <message>
      <source>return rate</source>
      <translation>返工率</translation>
    </message>
    <message>
      <source>rounded to the decimals of the field</source>
      <translation>按字段的小数位四舍五入</translation>
    </message>
    <message>
      <source>row {row}</source>
      <translation>第 {row} 行</translation>
    </message>
    <message>
      <source>rules</source>
      <translation>规则</translation>
    </message>
    <message>
      <source>same responsibility grid, another code</source>
      <translation>责任网格不变，编码不同</translation>
    </message>
    <message>
      <source>same responsibility grid, another owner</source>
      <translation>责任网格不变，责任人不同</translation>
    </message>
    <message>
      <source>second half of month {month} of {year}</source>
      <translation>{year}年{month}月下半月</translation>
    </message>
    <message>
      <source>second half of {year}</source>
      <translation>{year}年下半年</translation>
    </message>
    <message>
      <source>sent back {count} times</source>
      <translation>返工 {count} 次</translation>
    </message>
    <message>
      <source>several classes; choose for each component</source>
      <translation>对应多个类别；请逐个部件选择</translation>
    </message>
    <message>
      <source>skipped</source>
      <translation>已跳过</translation>
    </message>
    <message>
      <source>something follows its end</source>
      <translation>其结尾之后还有内容</translation>
    </message>
    <message>
      <source>suspended</source>
      <translation>挂账</translation>
    </message>
    <message>
      <source>taken, not checked</source>
      <translation>接收，不检查</translation>
    </message>
    <message>
      <source>taken, with a warning</source>
      <translation>接收并警告</translation>
    </message>
    <message>
      <source>that of this computer ({name})</source>
      <translation>本机时区（{name}）</translation>
    </message>
    <message>
      <source>the cases are read from there</source>
      <translation>案卷正是从那里读取的</translation>
    </message>
    <message>
      <source>the disk is full</source>
      <translation>磁盘已满</translation>
    </message>
    <message>
      <source>the file is not there</source>
      <translation>文件不存在</translation>
    </message>
    <message>
      <source>the folder does not exist</source>
      <translation>文件夹不存在</translation>
    </message>
    <message>
      <source>the number of arguments is wrong</source>
      <translation>参数个数不对</translation>
    </message>
    <message>
      <source>the picture could not be saved</source>
      <translation>无法保存图片</translation>
    </message>
    <message>
      <source>the same name</source>
      <translation>同名</translation>
    </message>
    <message>
      <source>the table has more rows than a sheet holds; write .csv</source>
      <translation>表的行数超过一个工作表的容量；请写成 .csv</translation>
    </message>
    <message>
      <source>the usual week (08–12 and 14–18)</source>
      <translation>通常的一周（08–12 时、14–18 时）</translation>
    </message>
    <message>
      <source>there is no such file</source>
      <translation>没有这个文件</translation>
    </message>
    <message>
      <source>there is no such file or folder</source>
      <translation>没有这个文件或文件夹</translation>
    </message>
    <message>
      <source>unchanged</source>
      <translation>未变</translation>
    </message>
    <message>
      <source>unit grid of the first plan only</source>
      <translation>仅第一个方案有的单元网格</translation>
    </message>
    <message>
      <source>unit grid of the second plan only</source>
      <translation>仅第二个方案有的单元网格</translation>
    </message>
    <message>
      <source>until</source>
      <translation>至</translation>
    </message>
    <message>
      <source>until {day}</source>
      <translation>至 {day}</translation>
    </message>
    <message>
      <source>void</source>
      <translation>作废</translation>
    </message>
    <message>
      <source>warning</source>
      <translation>警告</translation>
    </message>
    <message>
      <source>week {week} of {year}</source>
      <translation>{year}年第{week}周</translation>
    </message>
    <message>
      <source>went to another responsibility grid</source>
      <translation>转到另一责任网格</translation>
    </message>
    <message>
      <source>what is on the map</source>
      <translation>地图上的内容</translation>
    </message>
    <message>
      <source>when they were loaded</source>
      <translation>载入时</translation>
    </message>
    <message>
      <source>{area} m² between the grids belong to no grid.</source>
      <translation>网格之间有 {area} m² 不属于任何网格。</translation>
    </message>
    <message>
      <source>{area} m² here belong to more than one grid, also to {other}.</source>
      <translation>此处有 {area} m² 属于多个网格，另一个为 {other}。</translation>
    </message>
    <message>
      <source>{area} m² of the community {community} belong to no grid.</source>
      <translation>社区 {community} 有 {area} m² 不属于任何网格。</translation>
    </message>
    <message>
      <source>{area} m² of this grid lie outside all communities.</source>
      <translation>该网格有 {area} m² 位于所有社区之外。</translation>
    </message>
    <message>
      <source>{area} m² of this grid reach into the community {community}.</source>
      <translation>该网格有 {area} m² 伸入社区 {community}。</translation>
    </message>
    <message>
      <source>{begin} to {end}</source>
      <translation>{begin} 至 {end}</translation>
    </message>
    <message>
      <source>{count} cases</source>
      <translation>{count} 件案卷</translation>
    </message>
    <message>
      <source>{count} cases are of a class that is not in {scheme}; they are kept as they are.</source>
      <translation>{count} 件案卷的类别不在 {scheme} 中，按原样保留。</translation>
    </message>
    <message>
      <source>{count} cases are of classes that two departments answer for; none was filled in.</source>
      <translation>{count} 件案卷的类别由两个部门负责，未予填写。</translation>
    </message>
    <message>
      <source>{count} cases do not say under which condition they were filed, and their class has several limits; none was taken.</source>
      <translation>{count} 件案卷未填立案条件，而其类别有多个时限；未取时限。</translation>
    </message>
    <message>
      <source>{count} cases do not say under which condition they were filed, and their class has several limits; the longest holds.</source>
      <translation>{count} 件案卷未填立案条件，而其类别有多个时限；取最长的时限。</translation>
    </message>
    <message>
      <source>{count} cases do not say under which condition they were filed, and their class has several limits; the shortest holds.</source>
      <translation>{count} 件案卷未填立案条件，而其类别有多个时限；取最短的时限。</translation>
    </message>
    <message>
      <source>{count} cases filed</source>
      <translation>立案{count}件</translation>
    </message>
    <message>
      <source>{count} cases filed (as many as in the period before)</source>
      <translation>立案{count}件（环比持平）</translation>
    </message>
    <message>
      <source>{count} cases filed ({change} fewer than in the period before)</source>
      <translation>立案{count}件（环比减少{change}件）</translation>
    </message>
    <message>
      <source>{count} cases filed ({change} more than in the period before)</source>
      <translation>立案{count}件（环比增加{change}件）</translation>
    </message>
    <message>
      <source>{count} cases got the department that answers for their class.</source>
      <translation>{count} 件案卷已填上负责其类别的部门。</translation>
    </message>
    <message>
      <source>{count} cases had no deadline and no limit for their class.</source>
      <translation>{count} 件案卷没有截止时间，其类别也没有时限。</translation>
    </message>
    <message>
      <source>{count} cases have a deadline before their beginning; it was taken as it is.</source>
      <translation>{count} 件案卷的截止时间早于其开始，按原样采用。</translation>
    </message>
    <message>
      <source>{count} cases have no deadline; they are never due and count in no rate.</source>
      <translation>{count} 件案卷没有截止时间，不计为应结案，也不计入任何比率。</translation>
    </message>
    <message>
      <source>{count} cases have no known status ({known}); they are never due and count as filed only.</source>
      <translation>{count} 件案卷的状态无法识别（已知状态：{known}）；它们不计入应结案，只计入立案。</translation>
    </message>
    <message>
      <source>{count} cases have no known status ({known}); they count as neither open nor overdue.</source>
      <translation>{count} 件案卷的状态未知（已知状态：{known}）；既不计为未结，也不计为超期。</translation>
    </message>
    <message>
      <source>{count} cases have no number; they got row numbers (row-1 …).</source>
      <translation>{count} 件案卷没有编号，已用行号代替（row-1 …）。</translation>
    </message>
    <message>
      <source>{count} cases lie outside all unit grids; their BGID is empty.</source>
      <translation>{count} 件案卷在所有单元网格之外，其 BGID 为空。</translation>
    </message>
    <message>
      <source>{count} cases name a component that is not among the components.</source>
      <translation>{count} 件案卷所填部件不在部件图层中。</translation>
    </message>
    <message>
      <source>{count} cases name a grid that is not among the unit grids; the place decided.</source>
      <translation>{count} 件案卷所填网格不在单元网格图层中，以位置为准。</translation>
    </message>
    <message>
      <source>{count} cases name another class than their code has in {scheme}. Was the right code scheme chosen?</source>
      <translation>{count} 件案卷的类别名称与其代码在 {scheme} 中的名称不同。代码体系选择是否正确？</translation>
    </message>
    <message>
      <source>{count} cases name another community than the one they lie in; the place decided.</source>
      <translation>{count} 件案卷所填社区与其所在社区不同，以位置为准。</translation>
    </message>
    <message>
      <source>{count} cases name another grid than the one they lie in; the place decided.</source>
      <translation>{count} 件案卷所填网格与其所在网格不同，以位置为准。</translation>
    </message>
    <message>
      <source>{count} cases repeat an earlier report of the same class within {distance} m and {hours} hours.</source>
      <translation>{count} 件案卷为重复上报（类别相同，相距 {distance} 米、相隔 {hours} 小时之内）。</translation>
    </message>
    <message>
      <source>{count} cases were finished before they began; they count in no handling time.</source>
      <translation>{count} 件案卷的结束早于开始，不计入处理时长。</translation>
    </message>
    <message>
      <source>{count} cases were reported after {at}; their status is that of a new case.</source>
      <translation>{count} 件案卷的上报时间晚于 {at}，其状态按新案卷计。</translation>
    </message>
    <message>
      <source>{count} cases were written to “{path}”.</source>
      <translation>已将 {count} 个案卷写入“{path}”。</translation>
    </message>
    <message>
      <source>{count} cases without coordinates name a community whose name occurs several times; they were not placed. Its code or its street would tell which.</source>
      <translation>{count} 件没有坐标的案卷所填社区有重名，未予定位。请补充社区编码或街道。</translation>
    </message>
    <message>
      <source>{count} cases without coordinates were placed at the component that they name: {examples}.</source>
      <translation>{count} 件没有坐标的案卷已置于其所填的部件处：{examples}。</translation>
    </message>
    <message>
      <source>{count} cases without coordinates were placed in the grid that they name: {examples}.</source>
      <translation>{count} 件没有坐标的案卷已置于其所填的网格中：{examples}。</translation>
    </message>
    <message>
      <source>{count} cases without coordinates were placed somewhere in the community that they name: {examples}. They belong to no grid.</source>
      <translation>{count} 件没有坐标的案卷已置于其所填的社区之内：{examples}。它们不属于任何网格。</translation>
    </message>
    <message>
      <source>{count} cells ({names}) are numbers of more than 15 digits, of which a spreadsheet keeps only 15. Ids must be stored as text.</source>
      <translation>{count} 个单元格（{names}）是超过 15 位的数字，电子表格只保留 15 位。标识码必须存为文本。</translation>
    </message>
    <message>
      <source>{count} cells got the value of the merged cell that they are a part of.</source>
      <translation>{count} 个单元格取用了所属合并单元格的值。</translation>
    </message>
    <message>
      <source>{count} cells kept their number and were written with the chosen template.</source>
      <translation>{count} 个网格保留原序号，并按所选编码模板改写。</translation>
    </message>
    <message>
      <source>{count} cells show an error of the spreadsheet, such as {example}; it was read as text.</source>
      <translation>{count} 个单元格显示电子表格错误，如 {example}；已按文本读取。</translation>
    </message>
    <message>
      <source>{count} characters of the names are in no installed font and show as boxes: {characters}</source>
      <translation>名称中有 {count} 个字符不在任何已安装的字体中，将显示为空框：{characters}</translation>
    </message>
    <message>
      <source>{count} class codes had lost their leading zero; it was restored.</source>
      <translation>{count} 个类别代码丢失了前导零，已恢复。</translation>
    </message>
    <message>
      <source>{count} closed cases have no finishing time; they do not count as closed on time.</source>
      <translation>{count} 件已结案的案卷没有办结时间，不计为按期结案。</translation>
    </message>
    <message>
      <source>{count} closed cases were finished before they began; they count in no handling time.</source>
      <translation>{count} 件已结案案卷的结束早于开始，不计入处理时长。</translation>
    </message>
    <message>
      <source>{count} codes of the previous plan stand for several places; only the largest can keep the code: {codes}.</source>
      <translation>上一方案中有 {count} 个编码分散在多处；只有最大的一处能保留编码：{codes}。</translation>
    </message>
    <message>
      <source>{count} communities had invalid outlines and were repaired (rows {rows}).</source>
      <translation>{count} 个社区的边界无效，已修复（第 {rows} 行）。</translation>
    </message>
    <message>
      <source>{count} communities with a number of responsibility grids have no unit grid, such as {example}. Check their codes (12 digits), or leave them out.</source>
      <translation>有 {count} 个指定了责任网格数的社区没有单元网格，例如 {example}。请检查社区代码（12 位），或去掉它们。</translation>
    </message>
    <message>
      <source>{count} communities with different names have the code {community}: {names}.</source>
      <translation>{count} 个名称不同的社区使用编码 {community}：{names}。</translation>
    </message>
    <message>
      <source>{count} community names hold broken characters (wrong encoding in the source).</source>
      <translation>{count} 个社区名称含有损坏的字符（源数据编码有误）。</translation>
    </message>
    <message>
      <source>{count} components</source>
      <translation>{count} 个部件</translation>
    </message>
    <message>
      <source>{count} components had an end date, but the delivery names them by their id; they are in force again.</source>
      <translation>{count} 个部件原有终止日期，但本次成果以标识码提到它们；已恢复有效。</translation>
    </message>
    <message>
      <source>{count} components have an end date and were left out.</source>
      <translation>{count} 个部件已有终止日期，未计入。</translation>
    </message>
    <message>
      <source>{count} coordinates cannot be of {crs}: a wrong belt, or the zone number in the easting is missing or too many.</source>
      <translation>{count} 个坐标不可能属于 {crs}：分带有误，或东坐标缺少或多出带号。</translation>
    </message>
    <message>
      <source>{count} current cells of the previous grid are of communities that are not among these; they were closed. If those communities still exist, run again with all of them.</source>
      <translation>原单元网格中有 {count} 个现行网格所属的社区不在本次社区之中，已终止。若这些社区仍然存在，请用全部社区重新运行。</translation>
    </message>
    <message>
      <source>{count} current cells of the previous grid have a code of the wrong shape; they were closed.</source>
      <translation>原单元网格中有 {count} 个现行网格的编码格式错误，已终止。</translation>
    </message>
    <message>
      <source>{count} current cells of the previous grid have no area; they were closed.</source>
      <translation>原单元网格中有 {count} 个现行网格没有面积，已终止。</translation>
    </message>
    <message>
      <source>{count} current cells of the previous grid have no code; they were left out.</source>
      <translation>原单元网格中有 {count} 个现行网格没有编码，已略去。</translation>
    </message>
    <message>
      <source>{count} current cells of the previous grid have the code of another one; the largest cell with the code counts, the others were closed.</source>
      <translation>原单元网格中有 {count} 个现行网格与其他网格编码重复；以面积最大者为准，其余已终止。</translation>
    </message>
    <message>
      <source>{count} entities of the drawing are of kinds that have no place, and were skipped: {kinds}.</source>
      <translation>图形中有 {count} 个实体的类型没有位置，已跳过：{kinds}。</translation>
    </message>
    <message>
      <source>{count} errors were found.</source>
      <translation>发现 {count} 个错误。</translation>
    </message>
    <message>
      <source>{count} existing components have the id of another one; they were found by class and place. Correct their ids in the existing layer.</source>
      <translation>{count} 个已有部件与另一部件标识码相同；已按小类和位置匹配。请在已有图层中更正其标识码。</translation>
    </message>
    <message>
      <source>{count} fewer than before.</source>
      <translation>比上次减少 {count} 个。</translation>
    </message>
    <message>
      <source>{count} files are no records and were left alone: {names}.</source>
      <translation>{count} 个文件不是记录，未处理：{names}。</translation>
    </message>
    <message>
      <source>{count} files or layers hold no record: {names}.</source>
      <translation>{count} 个文件或图层没有记录：{names}。</translation>
    </message>
    <message>
      <source>{count} formulas have no stored value and count as empty, the first in cell {cell}. Open and save the file in a spreadsheet program to store them.</source>
      <translation>{count} 个公式没有保存的值，按空值处理，第一个在单元格 {cell}。请用电子表格软件打开并保存该文件。</translation>
    </message>
    <message>
      <source>{count} geometries had a height; it was dropped.</source>
      <translation>{count} 个几何对象带有高程，已去除。</translation>
    </message>
    <message>
      <source>{count} grids have this code.</source>
      <translation>{count} 个网格使用此编码。</translation>
    </message>
    <message>
      <source>{count} ids name another district or class than the record; they were replaced.</source>
      <translation>{count} 个标识码所含的区或类别与记录不符，已重新编码。</translation>
    </message>
    <message>
      <source>{count} ids were damaged and replaced, such as {examples}. The old text is in Note.</source>
      <translation>{count} 个标识码已损坏并重新编码，例如 {examples}。原文保留在 Note 中。</translation>
    </message>
    <message>
      <source>{count} lines are no JSON objects (lines {lines}; the first: {why}). Each is a row with its text in the column {column}.</source>
      <translation>{count} 行不是 JSON 对象（第 {lines} 行；第一行：{why}）。每行各成一条记录，其文本在 {column} 列中。</translation>
    </message>
    <message>
      <source>{count} lines have no name or no place and are left out.</source>
      <translation>{count} 条线没有名称或位置，未采用。</translation>
    </message>
    <message>
      <source>{count} local classes of this scheme are in “{workspace}”.</source>
      <translation>“{workspace}”中有此方案的 {count} 个扩展类别。</translation>
    </message>
    <message>
      <source>{count} locked responsibility grids have several parts; they stay as they are: {codes}.</source>
      <translation>有 {count} 个锁定的责任网格由多块组成，它们保持原样：{codes}。</translation>
    </message>
    <message>
      <source>{count} more rows: {title}.</source>
      <translation>另有 {count} 行：{title}。</translation>
    </message>
    <message>
      <source>{count} more values of {field} are not known; they are kept as they are.</source>
      <translation>{field} 中还有 {count} 个值未知，按原样保留。</translation>
    </message>
    <message>
      <source>{count} more with fewer cases are left out here.</source>
      <translation>另有{count}个案卷较少的未在此列出。</translation>
    </message>
    <message>
      <source>{count} more: {change}</source>
      <translation>另有 {count} 处：{change}</translation>
    </message>
    <message>
      <source>{count} new components have an end date already.</source>
      <translation>{count} 个新部件已有终止日期。</translation>
    </message>
    <message>
      <source>{count} new components have no id that could be kept; they get new ones.</source>
      <translation>{count} 个新部件没有可保留的标识码；将分配新码。</translation>
    </message>
    <message>
      <source>{count} not taken</source>
      <translation>{count} 条未采用</translation>
    </message>
    <message>
      <source>{count} numbers ({names}) are too long for the layer to hold them exactly; their last digits may be wrong. Ids must be stored as text.</source>
      <translation>{count} 个数值（{names}）过长，图层无法精确保存，末几位可能有误。标识码必须以文本保存。</translation>
    </message>
    <message>
      <source>{count} objects of “{layer}” have no place and were not counted.</source>
      <translation>“{layer}”中有 {count} 个对象没有位置，未计入。</translation>
    </message>
    <message>
      <source>{count} objects within the river setback</source>
      <translation>河道退让范围内 {count} 个对象</translation>
    </message>
    <message>
      <source>{count} of {all} cases lie in no responsibility grid and are not counted.</source>
      <translation>{all} 件案卷中有 {count} 件不在任何责任网格内，未计入。</translation>
    </message>
    <message>
      <source>{count} of {all} components lie in no responsibility grid and are not counted.</source>
      <translation>{all} 个部件中有 {count} 个不在任何责任网格内，未计入。</translation>
    </message>
    <message>
      <source>{count} of {all} responsibility grids have no owner.</source>
      <translation>{all} 个责任网格中有 {count} 个没有责任人。</translation>
    </message>
    <message>
      <source>{count} of {all} unit grids belong to no responsibility grid.</source>
      <translation>{all} 个单元网格中有 {count} 个不属于任何责任网格。</translation>
    </message>
    <message>
      <source>{count} of {total} communities have codes that do not begin with the district code {district}; their own codes were kept ({codes}).</source>
      <translation>{total} 个社区中有 {count} 个的编码不以区县代码 {district} 开头；保留其自身编码（{codes}）。</translation>
    </message>
    <message>
      <source>{count} of {total} responsibility grids are essentially the same as before and keep their codes.</source>
      <translation>{total} 个责任网格中有 {count} 个与之前基本相同，保留原编码。</translation>
    </message>
    <message>
      <source>{count} outlines of the previous grid cross themselves; they were compared as mended.</source>
      <translation>原单元网格中有 {count} 个边界自相交，已按修复后的边界比较。</translation>
    </message>
    <message>
      <source>{count} overdue and not closed</source>
      <translation>超期未结{count}件</translation>
    </message>
    <message>
      <source>{count} pauses are of cases that are not in the list.</source>
      <translation>{count} 条暂停记录所属的案卷不在清单中。</translation>
    </message>
    <message>
      <source>{count} pauses end before they begin; they were left out.</source>
      <translation>{count} 条暂停记录的结束早于开始，已略去。</translation>
    </message>
    <message>
      <source>{count} places in the middle are left out here; the table has them.</source>
      <translation>中间{count}个名次未在此列出，见表。</translation>
    </message>
    <message>
      <source>{count} problems found</source>
      <translation>发现 {count} 个问题</translation>
    </message>
    <message>
      <source>{count} problems left, {errors} of them errors.</source>
      <translation>还有 {count} 个问题，其中错误 {errors} 个。</translation>
    </message>
    <message>
      <source>{count} quoted cells run over several lines and may have swallowed rows; the first is in row {row} (line {line} of the file). Is a closing quotation mark missing there?</source>
      <translation>{count} 个带引号的单元格跨越多行，可能吞并了后面的记录；第一个在第 {row} 条记录（文件第 {line} 行）。那里是否缺少右引号？</translation>
    </message>
    <message>
      <source>{count} records are marked as deleted in the file and were not read.</source>
      <translation>{count} 条记录在文件中标记为已删除，未读取。</translation>
    </message>
    <message>
      <source>{count} records are of classes that two departments answer for; none was filled in.</source>
      <translation>{count} 条记录的类别由两个部门负责，未填写部门。</translation>
    </message>
    <message>
      <source>{count} records got the department that answers for their class.</source>
      <translation>{count} 条记录已填入负责其类别的部门。</translation>
    </message>
    <message>
      <source>{count} records have lost their place: the .shp file is cut short. Ask for it again.</source>
      <translation>{count} 条记录丢失了位置：.shp 文件被截断。请重新索取。</translation>
    </message>
    <message>
      <source>{count} records have the local class {code}, which no table names; they are kept.</source>
      <translation>{count} 条记录为地方扩展类别 {code}，没有表给出其名称；予以保留。</translation>
    </message>
    <message>
      <source>{count} records repeat the id of an earlier one and got a new one.</source>
      <translation>{count} 条记录与前面的记录标识码重复，已重新编码。</translation>
    </message>
    <message>
      <source>{count} records repeat the id of another one of the delivery; they count as records without an id.</source>
      <translation>{count} 条记录与本次成果中另一条标识码重复；按无标识码处理。</translation>
    </message>
    <message>
      <source>{count} records state another id than the component of their class at their place; the component keeps its id.</source>
      <translation>{count} 条记录的标识码与同一位置同类部件不同；部件保留原码。</translation>
    </message>
    <message>
      <source>{count} records state another name than their class code has, such as {examples}.</source>
      <translation>{count} 条记录的名称与其类别代码的名称不同，例如 {examples}。</translation>
    </message>
    <message>
      <source>{count} records without a code got the class that they name.</source>
      <translation>{count} 条没有代码的记录已按其名称确定类别。</translation>
    </message>
    <message>
      <source>{count} records without an id got a new one.</source>
      <translation>{count} 条没有标识码的记录已编码。</translation>
    </message>
    <message>
      <source>{count} repeated reports</source>
      <translation>重复上报 {count}</translation>
    </message>
    <message>
      <source>{count} requests came again on a later page; each was taken once, as it came last.</source>
      <translation>{count} 条请求在后面的页中重复出现；每条只取一次，以最后一次为准。</translation>
    </message>
    <message>
      <source>{count} requests have the code of a service only; the list of services could not be read.</source>
      <translation>{count} 条请求只有服务代码；服务列表无法读取。</translation>
    </message>
    <message>
      <source>{count} requests were reported outside the time asked for and were left out.</source>
      <translation>{count} 条请求的上报时间在所询问的时段之外，未载入。</translation>
    </message>
    <message>
      <source>{count} responsibility grids</source>
      <translation>{count} 个责任网格</translation>
    </message>
    <message>
      <source>{count} responsibility grids are asked for in community {community}, which has {cells} unit grids and {locked} locked responsibility grids. Give it at least {least} and at most {most}.</source>
      <translation>社区 {community} 要设 {count} 个责任网格，但它有 {cells} 个单元网格和 {locked} 个锁定的责任网格。请设为 {least} 至 {most} 个。</translation>
    </message>
    <message>
      <source>{count} responsibility grids are too few: {locked} are locked, and the unit grids of {communities} communities outside them need at least one each. Ask for {least} or more, or unlock some.</source>
      <translation>{count} 个责任网格太少：已锁定 {locked} 个，另有 {communities} 个社区的未锁定单元网格各自至少需要一个。请设为 {least} 个或更多，或解除部分锁定。</translation>
    </message>
    <message>
      <source>{count} responsibility grids belong to no street; they come last.</source>
      <translation>{count} 个责任网格不属于任何街道；排在最后。</translation>
    </message>
    <message>
      <source>{count} responsibility grids cannot be made of {cells} unit grids, because each needs at least one. Ask for {cells} or fewer, or make a finer unit grid.</source>
      <translation>{cells} 个单元网格无法组成 {count} 个责任网格，因为每个责任网格至少需要一个单元网格。请改为 {cells} 个或更少，或划分更细的单元网格。</translation>
    </message>
    <message>
      <source>{count} responsibility grids cannot serve {communities} communities, because each needs at least one. Ask for {communities} or more, or select fewer communities.</source>
      <translation>{count} 个责任网格不能满足 {communities} 个社区，因为每个社区至少需要一个。请改为 {communities} 个或更多，或减少所选社区。</translation>
    </message>
    <message>
      <source>{count} responsibility grids do not fit on a page at 1:{scale}; their scale is smaller: {codes}.</source>
      <translation>{count} 个责任网格按 1:{scale} 无法容纳在一页内，已改用较小的比例尺：{codes}。</translation>
    </message>
    <message>
      <source>{count} responsibility grids had invalid outlines and were repaired.</source>
      <translation>{count} 个责任网格的边界无效，已修复。</translation>
    </message>
    <message>
      <source>{count} responsibility grids have an owner whose period is over or has not begun.</source>
      <translation>{count} 个责任网格的责任人任期已满或尚未开始。</translation>
    </message>
    <message>
      <source>{count} responsibility grids have no code (RGID); they are in the list without one.</source>
      <translation>{count} 个责任网格没有编码（RGID）；清单中其编码为空。</translation>
    </message>
    <message>
      <source>{count} responsibility grids have several parts, because locked ones cut their community into more pieces than there are other responsibility grids: {codes}.</source>
      <translation>有 {count} 个责任网格由多块组成，因为锁定的责任网格把社区分成的块数多于其余责任网格的数量：{codes}。</translation>
    </message>
    <message>
      <source>{count} responsibility grids have several parts, because their community consists of more pieces than it has responsibility grids: {codes}.</source>
      <translation>{count} 个责任网格由多个部分组成，因为其社区的分块数多于责任网格数：{codes}。</translation>
    </message>
    <message>
      <source>{count} responsibility grids in all.</source>
      <translation>共 {count} 个责任网格。</translation>
    </message>
    <message>
      <source>{count} responsibility grids share their code with another one ({codes}). What lies in them is counted by place. Give each a code of its own.</source>
      <translation>{count} 个责任网格与其他网格编码相同（{codes}）。其中的对象按位置统计。请为每个网格赋予各自的编码。</translation>
    </message>
    <message>
      <source>{count} responsibility grids with an owner</source>
      <translation>{count} 个责任网格有责任人</translation>
    </message>
    <message>
      <source>{count} responsibility grids; the numbers are those of their pages</source>
      <translation>{count} 个责任网格；图中数字为所在页码</translation>
    </message>
    <message>
      <source>{count} responsibility grids; their numbers stand on the overviews of the streets</source>
      <translation>{count} 个责任网格；页码见各街道总览图</translation>
    </message>
    <message>
      <source>{count} road segments</source>
      <translation>{count} 个路段</translation>
    </message>
    <message>
      <source>{count} rows are marked as deleted, but still in the file.</source>
      <translation>{count} 行已标记删除，但仍在文件中。</translation>
    </message>
    <message>
      <source>{count} rows have more cells than the header; the further cells are in extra columns.</source>
      <translation>{count} 行的单元格多于表头，多出的单元格放在附加列中。</translation>
    </message>
    <message>
      <source>{count} rows have no area and were left out (rows {rows}).</source>
      <translation>{count} 行没有面积，已略去（第 {rows} 行）。</translation>
    </message>
    <message>
      <source>{count} rows have no usable coordinates.</source>
      <translation>{count} 行没有可用的坐标。</translation>
    </message>
    <message>
      <source>{count} rows have the {field} {code}.</source>
      <translation>{count} 行的 {field} 同为 {code}。</translation>
    </message>
    <message>
      <source>{count} rows lie in another belt ({zones}); they were converted to {crs}.</source>
      <translation>{count} 行位于其他投影带（{zones}）；已转换到 {crs}。</translation>
    </message>
    <message>
      <source>{count} rows of evaluation</source>
      <translation>{count} 行评价结果</translation>
    </message>
    <message>
      <source>{count} rows of the grid had invalid outlines and were repaired.</source>
      <translation>网格图层有 {count} 行的边界无效，已修复。</translation>
    </message>
    <message>
      <source>{count} rows of the grid have no outline; they are left out.</source>
      <translation>{count} 行网格没有边界，已略去。</translation>
    </message>
    <message>
      <source>{count} rows of the responsibility grids have no outline; their area is not known.</source>
      <translation>责任网格中有 {count} 行没有边界，面积未知。</translation>
    </message>
    <message>
      <source>{count} rows of the table of time limits say hours or days only; they were read as {hours} and {days}.</source>
      <translation>时限表中有 {count} 行只写小时或天，已按{hours}和{days}计。</translation>
    </message>
    <message>
      <source>{count} rows repeat the code of another row and were joined with it.</source>
      <translation>{count} 行与其他行编码相同，已合并。</translation>
    </message>
    <message>
      <source>{count} shapefiles</source>
      <translation>{count} 个 Shapefile</translation>
    </message>
    <message>
      <source>{count} shapes have no row in the table (.dbf) and were not read.</source>
      <translation>{count} 个图形在属性表（.dbf）中没有对应行，未读取。</translation>
    </message>
    <message>
      <source>{count} streets</source>
      <translation>{count} 个街道</translation>
    </message>
    <message>
      <source>{count} texts of the drawing are no components and were skipped (layers: {names}).</source>
      <translation>图形中的 {count} 个文字不是部件，已跳过（图层：{names}）。</translation>
    </message>
    <message>
      <source>{count} unfinished cases have no deadline and are never overdue.</source>
      <translation>{count} 件未办结的案卷没有截止时间，不会计为超期。</translation>
    </message>
    <message>
      <source>{count} unit grids</source>
      <translation>{count} 个单元网格</translation>
    </message>
    <message>
      <source>{count} unit grids are closed (they have an end date) and were left out.</source>
      <translation>{count} 个单元网格已终止（有终止日期），已略去。</translation>
    </message>
    <message>
      <source>{count} unit grids are marked as locked but have no RGID; they were planned as the others.</source>
      <translation>有 {count} 个单元网格标记为锁定但没有 RGID，已与其他单元网格一样划分。</translation>
    </message>
    <message>
      <source>{count} unit grids changed hands; they are on the map.</source>
      <translation>{count} 个单元网格的归属有变化，已显示在地图上。</translation>
    </message>
    <message>
      <source>{count} unit grids have a row of their own, which went before that of their community or street.</source>
      <translation>{count} 个单元网格有自己的行，优先于其社区或街道的行。</translation>
    </message>
    <message>
      <source>{count} unit grids have no workload, or a negative one, in the field “{field}”; it counts as 0.</source>
      <translation>{count} 个单元网格在字段“{field}”中没有工作量或为负值，按 0 计。</translation>
    </message>
    <message>
      <source>{count} unit grids name no community (CommCode of 12 digits, or a BGID that begins with it; the first is row {row}). Run “Assign owners” first.</source>
      <translation>{count} 个单元网格未注明社区（12 位的 CommCode，或以其开头的 BGID；首个为第 {row} 行）。请先运行“确定网格归属”。</translation>
    </message>
    <message>
      <source>{count} unit grids of the plans are not on the map any more; only the table has them.</source>
      <translation>方案中有 {count} 个单元网格已不在地图上，只列入统计表。</translation>
    </message>
    <message>
      <source>{count} unit grids that were changed elsewhere meanwhile were read anew.</source>
      <translation>其间有 {count} 个单元网格在别处被更改，已重新读取。</translation>
    </message>
    <message>
      <source>{count} unit grids with owners</source>
      <translation>{count} 个单元网格已确定归属</translation>
    </message>
    <message>
      <source>{count} values are not known: {values}. “Values…” says what they mean.</source>
      <translation>有 {count} 个取值未知：{values}。可用“取值…”说明其含义。</translation>
    </message>
    <message>
      <source>{count} values hold bytes that are not valid {encoding}; they show as “�”.</source>
      <translation>{count} 个值含有不是有效 {encoding} 的字节，显示为“�”。</translation>
    </message>
    <message>
      <source>{count} values of {field} are no dates and were left empty, such as “{example}”.</source>
      <translation>{field} 的 {count} 个值不是日期，已留空，例如“{example}”。</translation>
    </message>
    <message>
      <source>{count} values of {field} are no time limits, such as “{example}”.</source>
      <translation>{field} 中有 {count} 个值不是时限，例如“{example}”。</translation>
    </message>
    <message>
      <source>{count} values of {field} are no times and were left empty, such as “{example}”.</source>
      <translation>{field} 的 {count} 个值不是时间，已留空，例如“{example}”。</translation>
    </message>
    <message>
      <source>{count} values of “{file}” are not those of the layer, the first in row {row}, field {field}: “{found}” instead of “{expected}”. Nothing was delivered; please report this with the layer.</source>
      <translation>“{file}”有 {count} 个值与图层不符，首个在第 {row} 行字段 {field}：应为“{expected}”，实为“{found}”。未输出任何成果；请连同图层反馈此问题。</translation>
    </message>
    <message>
      <source>{count} waters are lines without a width: distances are from the line, not from the edge.</source>
      <translation>{count} 个水体是没有宽度的线：距离从线量起，而不是从水边线量起。</translation>
    </message>
    <message>
      <source>{crs} is no belt of CGCS2000.</source>
      <translation>{crs} 不是 CGCS2000 的分带。</translation>
    </message>
    <message>
      <source>{datum} was chosen since it puts the most records inside the communities.</source>
      <translation>已选择 {datum}，因为这样落在社区内的记录最多。</translation>
    </message>
    <message>
      <source>{datum} was chosen since the last delivery with these columns had it.</source>
      <translation>已选择 {datum}，因为上一次相同列的成果使用它。</translation>
    </message>
    <message>
      <source>{days} d {hours} h</source>
      <translation>{days} 天 {hours} 小时</translation>
    </message>
    <message>
      <source>{day} holiday</source>
      <translation>{day} 节假日</translation>
    </message>
    <message>
      <source>{day} none</source>
      <translation>{day} 不计</translation>
    </message>
    <message>
      <source>{day} {hours} h</source>
      <translation>{day} {hours} 小时</translation>
    </message>
    <message>
      <source>{day} {hours} h (swapped workday)</source>
      <translation>{day} {hours} 小时（调休上班）</translation>
    </message>
    <message>
      <source>{departments}. Several answer for it, so an import asks and fills in none.</source>
      <translation>{departments}。多个部门负责，导入时提示核对，不自动填写。</translation>
    </message>
    <message>
      <source>{due} due to close, {closed} of them closed</source>
      <translation>应结案{due}件，结案{closed}件</translation>
    </message>
    <message>
      <source>{encoding} (field names and texts of the .dbf files, as .cpg and language id say)</source>
      <translation>{encoding}（.dbf 文件的字段名和文字，与 .cpg 和语言标识一致）</translation>
    </message>
    <message>
      <source>{field} is empty.</source>
      <translation>{field} 为空。</translation>
    </message>
    <message>
      <source>{field} is “{value}”, but must have {digits} digits.</source>
      <translation>{field} 为“{value}”，应为 {digits} 位数字。</translation>
    </message>
    <message>
      <source>{field} is “{value}”, which is no date.</source>
      <translation>{field} 为“{value}”，不是日期。</translation>
    </message>
    <message>
      <source>{field} {code} does not begin with {parent_field} {parent}.</source>
      <translation>{field} {code} 不以 {parent_field} {parent} 开头。</translation>
    </message>
    <message>
      <source>{field} {code} is in no row of {parent_file}.</source>
      <translation>{field} {code} 不在 {parent_file} 的任何一行中。</translation>
    </message>
    <message>
      <source>{files} shapefiles with {rows} rows.</source>
      <translation>{files} 个 Shapefile，共 {rows} 行。</translation>
    </message>
    <message>
      <source>{file}: fields of “{layer}” go by another name, since the format needs theirs: {names}.</source>
      <translation>{file}：图层“{layer}”的字段因格式占用其名称而改名：{names}。</translation>
    </message>
    <message>
      <source>{file}: {count} numbers are infinite and were left empty.</source>
      <translation>{file}：{count} 个数为无穷大，已留空。</translation>
    </message>
    <message>
      <source>{file}: {count} texts hold characters that the encoding lacks; they became “?”.</source>
      <translation>{file}：{count} 个文本含有该编码没有的字符，已替换为“?”。</translation>
    </message>
    <message>
      <source>{file}: {count} texts were longer than 254 bytes and were cut. A GeoPackage holds them whole.</source>
      <translation>{file}：{count} 处文本超过 254 字节，已截断。GeoPackage 可以完整保存。</translation>
    </message>
    <message>
      <source>{file}: {count} texts were longer than their field and were cut; the report lists the rows.</source>
      <translation>{file}：{count} 处文字超过字段宽度而被截断；报告列出了所在的行。</translation>
    </message>
    <message>
      <source>{file}: {count} values are not of the type of their field, which became text.</source>
      <translation>{file}：{count} 个值与字段类型不符，该字段已改为文本。</translation>
    </message>
    <message>
      <source>{first} to {last}</source>
      <translation>{first}至{last}</translation>
    </message>
    <message>
      <source>{first} … {last} ({count})</source>
      <translation>{first} … {last}（{count} 个）</translation>
    </message>
    <message>
      <source>{found} of {all} classes</source>
      <translation>{all} 类中的 {found} 类</translation>
    </message>
    <message>
      <source>{geometry} (recalled from memory, so no rule)</source>
      <translation>{geometry}（凭记忆，不作规则）</translation>
    </message>
    <message>
      <source>{grids} unit grids in {communities} communities of {streets} streets.</source>
      <translation>{streets} 个街道 {communities} 个社区，共 {grids} 个单元网格。</translation>
    </message>
    <message>
      <source>{hours} h {minutes} min</source>
      <translation>{hours} 小时 {minutes} 分钟</translation>
    </message>
    <message>
      <source>{kilometres} km²</source>
      <translation>{kilometres} 平方公里</translation>
    </message>
    <message>
      <source>{layer}: {count} rows that are not valid on the date (by ORDate and CHDate) were left out.</source>
      <translation>{layer}：按 ORDate 和 CHDate，{count} 行在该日无效，未输出。</translation>
    </message>
    <message>
      <source>{lines} lines make {roads} roads.</source>
      <translation>{lines} 条线组成 {roads} 条道路。</translation>
    </message>
    <message>
      <source>{metres} m² ({hectares} ha)</source>
      <translation>{metres} 平方米（{hectares} 公顷）</translation>
    </message>
    <message>
      <source>{minutes} min</source>
      <translation>{minutes} 分钟</translation>
    </message>
    <message>
      <source>{names} and {count} more</source>
      <translation>{names} 等，另有 {count} 个</translation>
    </message>
    <message>
      <source>{name} ({rate})</source>
      <translation>{name}（{rate}）</translation>
    </message>
    <message>
      <source>{name} and {count} more</source>
      <translation>{name} 等另外 {count} 个</translation>
    </message>
    <message>
      <source>{name} is missing.</source>
      <translation>{name} 不存在。</translation>
    </message>
    <message>
      <source>{name} is {value}, but must be {allowed}.</source>
      <translation>{name} 为 {value}，但必须为 {allowed}。</translation>
    </message>
    <message>
      <source>{name} is “{value}”, but must have {digits} digits. Correct it and run again.</source>
      <translation>{name} 为“{value}”，但必须为 {digits} 位数字。请更正后重新运行。</translation>
    </message>
    <message>
      <source>{name}, loaded {time}</source>
      <translation>{name}，载入于 {time}</translation>
    </message>
    <message>
      <source>{name}: all</source>
      <translation>{name}：全部</translation>
    </message>
    <message>
      <source>{name}: {values}</source>
      <translation>{name}：{values}</translation>
    </message>
    <message>
      <source>{near} of {count} responsibility grids are within 5 % of the mean workload.</source>
      <translation>{count} 个责任网格中有 {near} 个的工作量与均值相差不超过 5%。</translation>
    </message>
    <message>
      <source>{owned} of {count} unit grids have an owner.</source>
      <translation>{count} 个单元网格中有 {owned} 个有责任人。</translation>
    </message>
    <message>
      <source>{pages} pages: {overviews} overviews, {index} of index, {zones} responsibility grids.</source>
      <translation>共 {pages} 页：总览 {overviews} 页，索引 {index} 页，责任网格 {zones} 页。</translation>
    </message>
    <message>
      <source>{period} ({first} to {last}): {figures}.</source>
      <translation>{period}（{first}至{last}）：{figures}。</translation>
    </message>
    <message>
      <source>{period}: {figures}.</source>
      <translation>{period}：{figures}。</translation>
    </message>
    <message>
      <source>{read} objects: {within} stand within the setback ({wet} of them in the water), {none} have no place.</source>
      <translation>共 {read} 个对象：{within} 个在退让范围内（其中 {wet} 个在水中），{none} 个没有位置。</translation>
    </message>
    <message>
      <source>{read} records read: {accepted} accepted, {rejected} rejected, {skipped} skipped.</source>
      <translation>读取 {read} 条记录：接收 {accepted}，未接收 {rejected}，跳过 {skipped}。</translation>
    </message>
    <message>
      <source>{read} rows of the ownership table: {applied} applied, {unknown} with an unknown key, {conflict} in conflict, {duplicate} repeated.</source>
      <translation>权属表共 {read} 行：采用 {applied} 行，关键字不存在 {unknown} 行，冲突 {conflict} 行，重复 {duplicate} 行。</translation>
    </message>
    <message>
      <source>{read} rows of the table of segments: {applied} applied, {unknown_road} of an unknown road, {unknown_crossing} with an unknown crossing, {conflict} in conflict, {duplicate} repeated.</source>
      <translation>路段表共 {read} 行：采用 {applied} 行，道路不存在 {unknown_road} 行，路口不存在 {unknown_crossing} 行，冲突 {conflict} 行，重复 {duplicate} 行。</translation>
    </message>
    <message>
      <source>{read} rows of the table: {applied} applied, {unknown} with an unknown key, {conflict} in conflict, {duplicate} repeated, {other_period} of another period.</source>
      <translation>表共 {read} 行：采用 {applied} 行，未知键 {unknown} 行，冲突 {conflict} 行，重复 {duplicate} 行，非本期 {other_period} 行。</translation>
    </message>
    <message>
      <source>{result}; changed since: {layers}</source>
      <translation>{result}；此后有变动：{layers}</translation>
    </message>
    <message>
      <source>{road} ends at {length} m; the segment ends there.</source>
      <translation>{road} 止于 {length} 米；路段到此为止。</translation>
    </message>
    <message>
      <source>{segments} segments of {roads} roads, {length} km.</source>
      <translation>{roads} 条道路的 {segments} 个路段，共 {length} 公里。</translation>
    </message>
    <message>
      <source>{share} of the names disagree with the codes. Was the right code scheme chosen? The same number means another class in another generation of the standards.</source>
      <translation>{share} 的名称与代码不符。代码体系选择是否正确？同一代码在不同代的标准中指不同的类别。</translation>
    </message>
    <message>
      <source>{shown} of {count} cases</source>
      <translation>{count} 个案卷中的 {shown} 个</translation>
    </message>
    <message>
      <source>{shown} of {count} values are shown; the others keep what they mean now.</source>
      <translation>共 {count} 个取值，显示 {shown} 个；其余保持现有含义。</translation>
    </message>
    <message>
      <source>{streets} streets and {communities} communities have no official code in the data; they carry provisional numbers, marked in the field Note.</source>
      <translation>{streets} 个街道和 {communities} 个社区在数据中没有正式编码，使用临时编号，并在 Note 字段中标明。</translation>
    </message>
    <message>
      <source>{time} late</source>
      <translation>迟 {time}</translation>
    </message>
    <message>
      <source>{time} left</source>
      <translation>剩 {time}</translation>
    </message>
    <message>
      <source>{time} over</source>
      <translation>超 {time}</translation>
    </message>
    <message>
      <source>{title} {count}</source>
      <translation>{title}{count}件</translation>
    </message>
    <message>
      <source>{title} {rate}</source>
      <translation>{title}{rate}</translation>
    </message>
    <message>
      <source>{title} {rate} (as in the period before)</source>
      <translation>{title}{rate}（环比持平）</translation>
    </message>
    <message>
      <source>{title} {rate} (down {points} percentage points on the period before)</source>
      <translation>{title}{rate}（环比下降{points}个百分点）</translation>
    </message>
    <message>
      <source>{title} {rate} (up {points} percentage points on the period before)</source>
      <translation>{title}{rate}（环比上升{points}个百分点）</translation>
    </message>
    <message>
      <source>{values} and {count} more</source>
      <translation>{values} 等另 {count} 项</translation>
    </message>
    <message>
      <source>{zones} responsibility grids in {communities} communities.</source>
      <translation>{communities} 个社区，共 {zones} 个责任网格。</translation>
    </message>
    <message>
      <source>{zones} responsibility grids in {streets} streets; {ownerless} have no owner on {date}.</source>
      <translation>{streets} 个街道共 {zones} 个责任网格；截至 {date}，{ownerless} 个没有责任人。</translation>
    </message>
    <message>
      <source>{zones} responsibility grids, mean workload {mean}.</source>
      <translation>{zones} 个责任网格，平均工作量 {mean}。</translation>
    </message>
    <message>
      <source>{zone}: {before} → {cells} unit grids, workload {old} → {workload} ({share})</source>
      <translation>{zone}：单元网格 {before} → {cells} 个，工作量 {old} → {workload}（{share}）</translation>
    </message>
    <message>
      <source>{zone}: {cells} unit grids, workload {workload} ({share})</source>
      <translation>{zone}：单元网格 {cells} 个，工作量 {workload}（{share}）</translation>
    </message>
    <message>
      <source>± mean</source>
      <translation>偏差</translation>
    </message>
    <message>
      <source>– a constant –</source>
      <translation>– 常量 –</translation>
    </message>
    <message>
      <source>– a new source –</source>
      <translation>– 新来源 –</translation>
    </message>
    <message>
      <source>– a rule –</source>
      <translation>– 规则 –</translation>
    </message>
    <message>
      <source>– by its name –</source>
      <translation>– 按列名 –</translation>
    </message>
    <message>
      <source>– nothing –</source>
      <translation>– 不填 –</translation>
    </message>
    <message>
      <source>“Hours” and “days” without more are</source>
      <translation>只写“小时”“天”时按</translation>
    </message>
    <message>
      <source>“xy” is not the names of two columns</source>
      <translation>“xy”不是两个列名</translation>
    </message>
    <message>
      <source>“{encoding}” is no known encoding. Use UTF-8, GBK, GB18030, Big5 or another usual name.</source>
      <translation>“{encoding}”不是已知编码。请用 UTF-8、GBK、GB18030、Big5 或其他常用名称。</translation>
    </message>
    <message>
      <source>“{layer}” cannot be edited: it is read-only.</source>
      <translation>“{layer}”为只读，无法编辑。</translation>
    </message>
    <message>
      <source>“{layer}” could not be saved; the changes are still there.</source>
      <translation>“{layer}”未能保存；更改仍然保留。</translation>
    </message>
    <message>
      <source>“{layer}” does not say in which coordinate reference system it is.</source>
      <translation>“{layer}”没有说明坐标参考系。</translation>
    </message>
    <message>
      <source>“{layer}” does not say in which coordinate reference system it is. Choose it in SOURCE_CRS.</source>
      <translation>“{layer}”未说明坐标参考系。请在 SOURCE_CRS 中选择。</translation>
    </message>
    <message>
      <source>“{layer}” has coordinates far outside the belt {belt}. Was the right one chosen?</source>
      <translation>“{layer}”的坐标远在分带 {belt} 之外。选对分带了吗？</translation>
    </message>
    <message>
      <source>“{layer}” has coordinates in metres (columns {x} and {y}), but does not say in which coordinate reference system. Choose it in SOURCE_CRS.</source>
      <translation>“{layer}”的坐标以米为单位（{x} 列和 {y} 列），但未说明坐标参考系。请在 SOURCE_CRS 中选择。</translation>
    </message>
    <message>
      <source>“{layer}” has neither geometries nor columns with coordinates (经度 / 纬度, lon / lat, x / y). It has: {available}.</source>
      <translation>“{layer}”既没有几何对象，也没有坐标列（经度 / 纬度、lon / lat、x / y）。现有列：{available}。</translation>
    </message>
    <message>
      <source>“{layer}” has no coordinate reference system. Set it (Layer ▸ Set CRS of Layer) and run again.</source>
      <translation>“{layer}”没有坐标参考系。请设置（图层 ▸ 设置图层CRS）后重新运行。</translation>
    </message>
    <message>
      <source>“{layer}” has no features; no file was written.</source>
      <translation>“{layer}”没有要素，未写出文件。</translation>
    </message>
    <message>
      <source>“{layer}” has no field “{field}”. It has: {available}.</source>
      <translation>“{layer}”没有字段“{field}”。现有字段：{available}。</translation>
    </message>
    <message>
      <source>“{layer}” has no streets, railways or waters here. Choose another layer of lines in the panel.</source>
      <translation>“{layer}”在此处没有道路、铁路或水系，请在面板中选择其他线图层。</translation>
    </message>
    <message>
      <source>“{layer}” has no water near the objects.</source>
      <translation>“{layer}”在这些对象附近没有水体。</translation>
    </message>
    <message>
      <source>“{layer}” has no {wanted} geometries. Choose a layer of {wanted} geometries.</source>
      <translation>“{layer}”没有 {wanted} 类型的几何对象。请选择几何类型为 {wanted} 的图层。</translation>
    </message>
    <message>
      <source>“{layer}” has nothing in or near the communities.</source>
      <translation>“{layer}”在社区范围内及其附近没有要素。</translation>
    </message>
    <message>
      <source>“{layer}” holds no usable record. Choose another layer, or remove its filter or selection.</source>
      <translation>“{layer}”没有可用的记录。请选择其他图层，或取消其筛选或选择。</translation>
    </message>
    <message>
      <source>“{layer}” is in {source}, which does not measure in true metres; areas are in {target}.</source>
      <translation>“{layer}”采用 {source}，其量算结果不是真实的米；面积按 {target} 计算。</translation>
    </message>
    <message>
      <source>“{layer}” is not in metres. Save it in a projected coordinate system first.</source>
      <translation>“{layer}”不以米为单位。请先将其另存为投影坐标系。</translation>
    </message>
    <message>
      <source>“{layer}” is not of a workspace, so no responsibility grids were renewed, and {count} rows of the log were not written (see “Show more”).</source>
      <translation>“{layer}”不属于工作空间，因此未更新责任网格，{count} 行日志也未写入（见“显示更多”）。</translation>
    </message>
    <message>
      <source>“{layer}” is not the unit grid of a workspace, so {count} rows of the crosswalk were not written (see “Show more”).</source>
      <translation>“{layer}”不是工作空间的单元网格，因此编码对照表有 {count} 行未写入（见“显示更多”）。</translation>
    </message>
    <message>
      <source>“{layer}” is not the unit grid of the open workspace.</source>
      <translation>“{layer}”不是当前工作空间的单元网格。</translation>
    </message>
    <message>
      <source>“{layer}” lacks the text fields {names}.</source>
      <translation>“{layer}”缺少文本字段 {names}。</translation>
    </message>
    <message>
      <source>“{layer}” lies at longitude {longitude}, outside the belts of CGCS2000 ({first}° to {last}°). Choose a coordinate reference system in CRS.</source>
      <translation>“{layer}”位于经度 {longitude}，在 CGCS2000 的分带（{first}° 至 {last}°）之外。请在 CRS 中选择坐标参考系。</translation>
    </message>
    <message>
      <source>“{layer}” shows only some of its rows. Remove its filter first.</source>
      <translation>“{layer}”只显示部分记录，请先移除其筛选条件。</translation>
    </message>
    <message>
      <source>“{layer}” takes no field “{field}”, so nothing can be locked in it. Add the field to it first.</source>
      <translation>“{layer}”无法添加字段“{field}”，因此不能锁定。请先为其添加该字段。</translation>
    </message>
    <message>
      <source>“{layer}” was transformed from {source} to {target}, which without local parameters may be off by 100 m. Use the city's own transformation.</source>
      <translation>“{layer}”已从 {source} 转换到 {target}；没有当地参数时可能偏差 100 米。请使用本市自己的转换。</translation>
    </message>
    <message>
      <source>“{layer}”: none of its {count} features bounds a unit grid; see the strengths in the help.</source>
      <translation>“{layer}”：{count} 个要素均不作为单元网格的阻隔要素；强度的取值见帮助。</translation>
    </message>
    <message>
      <source>“{layer}”: these OpenStreetMap classes have no strength of their own: {values}. Those of highway count as normal, the others bound nothing.</source>
      <translation>“{layer}”：下列 OpenStreetMap 类别没有规定强度：{values}。其中 highway 类按中等强度处理，其余不作阻隔。</translation>
    </message>
    <message>
      <source>“{layer}”: these are no strengths (0 to 3; none, weak, normal, strong), so they count as normal: {values}.</source>
      <translation>“{layer}”：下列取值不是强度（0 至 3；none、weak、normal、strong，即无、弱、中、强），按中等强度处理：{values}。</translation>
    </message>
    <message>
      <source>“{layer}”: {count} compounds.</source>
      <translation>“{layer}”：{count} 个院落。</translation>
    </message>
    <message>
      <source>“{layer}”: {count} features are no waters by their OpenStreetMap tags and were left out.</source>
      <translation>“{layer}”：按 OpenStreetMap 标签，{count} 个要素不是水体，未采用。</translation>
    </message>
    <message>
      <source>“{layer}”: {count} features have no place and were left out.</source>
      <translation>“{layer}”：{count} 个要素没有位置，已略去。</translation>
    </message>
    <message>
      <source>“{layer}”: {count} shapes have coordinates that are no numbers, or none in the coordinate reference system of the delivery; their rows were delivered without a shape.</source>
      <translation>“{layer}”：{count} 个图形的坐标不是数值，或在成果的坐标参考系中没有坐标；这些行已按无图形交付。</translation>
    </message>
    <message>
      <source>“{layer}”: {strong} strong, {normal} normal and {weak} weak barriers; {none} are no barrier.</source>
      <translation>“{layer}”：强阻隔要素 {strong} 个、中 {normal} 个、弱 {weak} 个；不作阻隔的 {none} 个。</translation>
    </message>
    <message>
      <source>“{names}” of the schema “{schema}” did not come with the workspace, so that no GeoPackage can be made of it. Save them elsewhere, remove them from the schema and try again.</source>
      <translation>模式“{schema}”中的“{names}”不是随工作空间迁入的，因此无法由其生成 GeoPackage。请另行保存后从模式中删除，再重试。</translation>
    </message>
    <message>
      <source>“{name}” ({code}) lies under its neighbours with {area} m²; that place was given to the smaller community.</source>
      <translation>“{name}”（{code}）有 {area} m² 被相邻社区覆盖，该处已归入面积较小的社区。</translation>
    </message>
    <message>
      <source>“{name}” in “{path}” needs a password. Unpack it yourself and choose the folder.</source>
      <translation>“{path}”中的“{name}”需要密码。请自行解压后选择文件夹。</translation>
    </message>
    <message>
      <source>“{name}” in “{path}” was not read: its path leaves the archive, or another file has the same one.</source>
      <translation>未读取“{path}”中的“{name}”：其路径越出压缩包，或与另一文件同名。</translation>
    </message>
    <message>
      <source>“{name}” is no class of {scheme}. Give codes (0101), majors (01) or names, separated by commas.</source>
      <translation>“{name}”不是 {scheme} 的类别。请填写代码 (0101)、大类 (01) 或名称，用逗号分隔。</translation>
    </message>
    <message>
      <source>“{name}” is no community or street of the unit grid. It has, by code or name: {available}.</source>
      <translation>“{name}”不是单元网格中的社区或街道。其中有（代码或名称）：{available}。</translation>
    </message>
    <message>
      <source>“{name}” is no responsibility grid, community or street of the list. Give codes or names as they stand there, such as: {available}.</source>
      <translation>“{name}”不是清单中的责任网格、社区或街道。请填写清单中的编码或名称，例如：{available}。</translation>
    </message>
    <message>
      <source>“{name}” needs the number {count}, but {digits} digits end at {capacity}, and a number once given is never given again (communities with too many: {communities}). Give it a new community code, or number the grid anew without PREVIOUS_GRID.</source>
      <translation>“{name}”需要用到序号 {count}，而 {digits} 位数字最大为 {capacity}，且用过的序号不得重复使用（超出的社区共 {communities} 个）。请为其指定新的社区编码，或不填 PREVIOUS_GRID 重新编号。</translation>
    </message>
    <message>
      <source>“{name}” needs {count} numbers, but {digits} digits hold only {capacity} (communities with too many: {communities}). Choose the code template {longer}, or a larger CELL_AREA.</source>
      <translation>“{name}”需要 {count} 个序号，而 {digits} 位数字最多容纳 {capacity} 个（超出的社区共 {communities} 个）。请选用编码模板 {longer}，或加大 CELL_AREA。</translation>
    </message>
    <message>
      <source>“{name}” needs {count} numbers, but {digits} digits hold only {capacity} (communities with too many: {communities}). Split what is too large, leave it out, or set CELL_AREA to {area} m² or more.</source>
      <translation>“{name}”需要 {count} 个序号，而 {digits} 位数字最多容纳 {capacity} 个（超出的社区共 {communities} 个）。请拆分或剔除过大的社区，或将 CELL_AREA 设为 {area} m² 以上。</translation>
    </message>
    <message>
      <source>“{name}” needs {count} numbers, but {digits} digits hold only {capacity}. {remedy}</source>
      <translation>“{name}”需要 {count} 个编号，但 {digits} 位数字只能容纳 {capacity} 个。{remedy}</translation>
    </message>
    <message>
      <source>“{name}” of “{table}” cannot be moved: it mixes {kinds} values. Change it in the GeoPackage, then move it again.</source>
      <translation>“{table}”的“{name}”无法迁移：其中混有 {kinds} 类型的值。请在 GeoPackage 中修改后再迁移。</translation>
    </message>
    <message>
      <source>“{name}” of “{table}” cannot be moved: names that begin with “{start}” are the schema's own. Change it in the GeoPackage, then move it again.</source>
      <translation>“{table}”的“{name}”无法迁移：以“{start}”开头的名称由数据库模式自用。请在 GeoPackage 中改名后再迁移。</translation>
    </message>
    <message>
      <source>“{name}” of “{table}” cannot be moved: the name is longer than {most} bytes. Change it in the GeoPackage, then move it again.</source>
      <translation>“{table}”的“{name}”无法迁移：名称超过 {most} 字节。请在 GeoPackage 中改短后再迁移。</translation>
    </message>
    <message>
      <source>“{name}” of “{table}” cannot be moved: {why}. Change it in the GeoPackage, then move it again.</source>
      <translation>“{table}”中的“{name}”无法迁移：{why}。请在 GeoPackage 中修改后重新迁移。</translation>
    </message>
    <message>
      <source>“{path}” cannot be read: in row {row} (line {line} of the file) a quotation mark opens a cell and nothing closes it. Close it, or double it if it belongs to the text.</source>
      <translation>无法读取“{path}”：第 {row} 条记录（文件第 {line} 行）有一个引号没有配对。请补上右引号；如果引号属于文本内容，请写成两个。</translation>
    </message>
    <message>
      <source>“{path}” cannot be read: {why} (line {line}). It is no complete JSON document; ask for it again, or save it as JSON lines (one object a line).</source>
      <translation>“{path}”无法读取：{why}（第 {line} 行）。它不是完整的 JSON 文档；请重新索取，或另存为 JSON Lines（每行一个对象）。</translation>
    </message>
    <message>
      <source>“{path}” cannot be read: {why}. Check that it is complete and of a supported format.</source>
      <translation>无法读取“{path}”：{why}。请检查文件是否完整、格式是否受支持。</translation>
    </message>
    <message>
      <source>“{path}” cannot be written: {why}. Choose another place, or close the program that has it open.</source>
      <translation>无法写入“{path}”：{why}。请选择其他位置，或关闭正在使用该文件的程序。</translation>
    </message>
    <message>
      <source>“{path}” cannot be written: {why}. Choose another place.</source>
      <translation>无法写入“{path}”：{why}。请选择其他位置。</translation>
    </message>
    <message>
      <source>“{path}” holds files of the same name that no delivery of CityGrid made ({names}). Choose an empty folder, or move them away first.</source>
      <translation>“{path}”中有同名文件不是 CityGrid 输出的成果（{names}）。请选择空文件夹，或先移走这些文件。</translation>
    </message>
    <message>
      <source>“{path}” holds the classes of this scheme beside those of the others.</source>
      <translation>“{path}”中是此方案与其他方案的类别对照。</translation>
    </message>
    <message>
      <source>“{path}” is no file. Choose another one.</source>
      <translation>“{path}”不是文件。请另选一个。</translation>
    </message>
    <message>
      <source>“{path}” is there already, so it was opened.</source>
      <translation>“{path}”已存在，故已打开。</translation>
    </message>
    <message>
      <source>“{path}” was not unpacked: it would need {size} MB, which is too much or far more than its packed size. Unpack it yourself and choose the folder, if you trust it.</source>
      <translation>未解压“{path}”：解压需要 {size} MB，过大或远超压缩后的大小。如可信，请自行解压后选择文件夹。</translation>
    </message>
    <message>
      <source>“{plan}” is in force from</source>
      <translation>“{plan}”的生效日期</translation>
    </message>
    <message>
      <source>“{plan}” is in force since {date}. Choose that day or a later one.</source>
      <translation>“{plan}”自 {date} 起生效，请选择该日或之后的日期。</translation>
    </message>
    <message>
      <source>“{plan}” is kept.</source>
      <translation>“{plan}”已保存。</translation>
    </message>
    <message>
      <source>“{plan}” is on the map.</source>
      <translation>“{plan}”已显示在地图上。</translation>
    </message>
    <message>
      <source>“{source}” is no known source ({count} cases); it is kept as it is.</source>
      <translation>“{source}”不是已知来源（{count} 件案卷），按原样保留。</translation>
    </message>
    <message>
      <source>“{stage}” is no known stage ({count} cases); it is kept as it is and counts as unfinished.</source>
      <translation>“{stage}”不是已知的阶段（{count} 件案卷），按原样保留，计为未办结。</translation>
    </message>
    <message>
      <source>“{table}” has no field “{column}” that can be edited. Load the layer again, then repeat the edit.</source>
      <translation>“{table}”没有可编辑的字段“{column}”。请重新加载图层，再次编辑。</translation>
    </message>
    <message>
      <source>“{table}” is no table of the workspace in the schema “{schema}” that several people can edit.</source>
      <translation>“{table}”不是模式“{schema}”中可供多人编辑的工作空间表。</translation>
    </message>
    <message>
      <source>“{table}” is not ready yet: choose it at “Tables”.</source>
      <translation>“{table}”尚未完成，请在“表格”处选择它。</translation>
    </message>
    <message>
      <source>“{url}” is no address of an Open311 service. It begins with https:// (or http://) and ends before requests.json, such as https://city.example/open311/v2.</source>
      <translation>“{url}”不是 Open311 服务的地址。地址以 https://（或 http://）开头，到 requests.json 之前为止，例如 https://city.example/open311/v2。</translation>
    </message>
    <message>
      <source>“{value}” has not the shape of a class code.</source>
      <translation>“{value}”不是小类代码的形式。</translation>
    </message>
    <message>
      <source>“{value}” is no date.</source>
      <translation>“{value}”不是日期。</translation>
    </message>
    <message>
      <source>“{value}” is no date. Write it as YYYYMMDD.</source>
      <translation>“{value}”不是日期，请写成 YYYYMMDD。</translation>
    </message>
    <message>
      <source>“{value}” is no known data source.</source>
      <translation>“{value}”不是已知的数据来源。</translation>
    </message>
    <message>
      <source>“{value}” is no known state.</source>
      <translation>“{value}”不是已知的状态。</translation>
    </message>
    <message>
      <source>“{value}” is no known value of {field} ({count} records); it is kept.</source>
      <translation>“{value}”不是 {field} 的已知取值（{count} 条记录），予以保留。</translation>
    </message>
    <message>
      <source>“{workspace}” holds no local classes of this scheme. They may have the numbers {numbers}.</source>
      <translation>“{workspace}”中没有此方案的扩展类别；其代码可为 {numbers}。</translation>
    </message>
    <message>
      <source>“{workspace}” holds no plan “{plan}”. It holds: {plans}.</source>
      <translation>“{workspace}”中没有方案“{plan}”。现有方案：{plans}。</translation>
    </message>
    <message>
      <source>“{workspace}” holds no responsibility grids yet. Create them first.</source>
      <translation>“{workspace}”中还没有责任网格，请先创建。</translation>
    </message>
    <message>
      <source>… and {count} more</source>
      <translation>…… 另有 {count} 个</translation>
    </message>
    <message>
      <source>… and {count} more days</source>
      <translation>… 另有 {count} 天</translation>
    </message>
    <message>
      <source>… and {count} more; choose “Table of people with results” to see them all.</source>
      <translation>…… 另有 {count} 行；要查看全部，请设置“责任人表（含处理结果）”。</translation>
    </message>
    <message>
      <source>… and {count} more; see the index</source>
      <translation>……另有 {count} 个，见索引</translation>
    </message>
    <message>
      <source>… of these within 1 m of a barrier or a community limit</source>
      <translation>…其中距阻隔要素或社区边界 1 m 以内</translation>
    </message>
    <message>
      <source>… of these within 1 m of a limit</source>
      <translation>…其中距网格边界 1 m 以内</translation>
    </message>
    <message>
      <source>… of these within 15 m of a barrier or a community limit</source>
      <translation>…其中距阻隔要素或社区边界 15 m 以内</translation>
    </message>
    <message>
      <source>… of these within 15 m of a limit</source>
      <translation>…其中距网格边界 15 m 以内</translation>
    </message>
    <message>
      <source>紧急工作时 run day and night, 工作时 and 工作日 in work hours, 自然日 end at the same time of the day.</source>
      <translation>紧急工作时昼夜连续计算，工作时和工作日按工作时间计算，自然日在同一时刻到期。</translation>
    </message>
  </context>
</TS>
