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
      <source>14 digits: 6 + 3 + 3 + 2 (CJ/T 213)</source>
      <translation>14 位：6 + 3 + 3 + 2（CJ/T 213）</translation>
    </message>
    <message>
      <source>15 digits: 6 + 3 + 3 + 3 (in force today)</source>
      <translation>15 位：6 + 3 + 3 + 3（现行）</translation>
    </message>
    <message>
      <source>A closed grid has this code; a code is never given again.</source>
      <translation>已终止的网格用过此编码；编码不得重复使用。</translation>
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
      <source>Along streets</source>
      <translation>沿街道划分</translation>
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
      <source>As the coordinate reference system says</source>
      <translation>按坐标参考系所示</translation>
    </message>
    <message>
      <source>Assign owners</source>
      <translation>确定网格归属</translation>
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
      <source>Browse the code schemes…</source>
      <translation>浏览代码体系…</translation>
    </message>
    <message>
      <source>By</source>
      <translation>统计对象</translation>
    </message>
    <message>
      <source>CQSZ10-2007 / CJ/T 214-2007</source>
      <translation>CQSZ10-2007 / CJ/T 214-2007</translation>
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
      <source>Case number</source>
      <translation>案卷编号</translation>
    </message>
    <message>
      <source>Cases</source>
      <translation>案卷</translation>
    </message>
    <message>
      <source>Census records (file or layer)</source>
      <translation>普查记录（文件或图层）</translation>
    </message>
    <message>
      <source>Change</source>
      <translation>变动</translation>
    </message>
    <message>
      <source>Changed texts</source>
      <translation>有变动的文本</translation>
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
      <source>Check of the unit grid</source>
      <translation>单元网格检查</translation>
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
      <source>Choose the major class.</source>
      <translation>请选择大类。</translation>
    </message>
    <message>
      <source>Choose the state.</source>
      <translation>请选择状态。</translation>
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
      <source>Closed on time</source>
      <translation>按期结案</translation>
    </message>
    <message>
      <source>Closed unit grids</source>
      <translation>已终止的单元网格</translation>
    </message>
    <message>
      <source>Closed: {codes}.</source>
      <translation>终止：{codes}。</translation>
    </message>
    <message>
      <source>Closing rate 结案率</source>
      <translation>结案率</translation>
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
      <source>Column with x, longitude or easting</source>
      <translation>x、经度或东坐标所在列</translation>
    </message>
    <message>
      <source>Column with y, latitude or northing</source>
      <translation>y、纬度或北坐标所在列</translation>
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
      <source>Community</source>
      <translation>社区</translation>
    </message>
    <message>
      <source>Community code</source>
      <translation>社区编码</translation>
    </message>
    <message>
      <source>Community {community} has {cells} unit grids, so it cannot have {count} responsibility grids. Give it at least 1 and at most {cells}.</source>
      <translation>社区 {community} 有 {cells} 个单元网格，因此不能设 {count} 个责任网格。请设为 1 至 {cells} 个。</translation>
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
      <source>Coordinates are</source>
      <translation>坐标类型</translation>
    </message>
    <message>
      <source>Copy code</source>
      <translation>复制代码</translation>
    </message>
    <message>
      <source>Corners that the neighbour lacks</source>
      <translation>相邻网格缺少的顶点</translation>
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
      <source>Counts by file, class and rule</source>
      <translation>按文件、小类和规则统计</translation>
    </message>
    <message>
      <source>Counts the cases of a layer made by “Load cases” by department, street, community or responsibility grid, in the whole range or by week, month or quarter, and ranks them.

Filed (FiledCnt): filed in the period; where there is no filing time, reported.
Due (DueCnt): the deadline lies in the period, and the case is closed or overdue. A case that is still inside its limit, suspended or without a deadline is not due.
Closed (ClosedCnt), closed on time (OnTimeCnt: finished no later than the deadline) and overdue (OverdueCnt): of the due ones.
Closing rate 结案率 (CloseRate) = closed / due; on-time rate 按期结案率 (OnTimeRate) = closed on time / due; shares from 0 to 1, empty where nothing was due.
Void cases count nowhere. Weeks run from Monday to Sunday (ISO 8601).

Rank goes by the on-time rate; equal rates share a place. The report calls out the last two places of each period. Cases that belong to nobody are counted but not ranked.

The status is that of the moment at which the cases were loaded.</source>
      <translation>对“载入案卷”生成的图层按部门、街道、社区或责任网格统计案卷，可统计整个时段，也可按周、月或季度统计，并排名。

立案数（FiledCnt）：该时段内立案的案卷；没有立案时间时按上报时间。
应结案数（DueCnt）：截止时间在该时段内，且已结案或超期的案卷。尚在时限之内、挂账或没有截止时间的案卷不计。
其中：结案数（ClosedCnt）、按期结案数（OnTimeCnt：办结时间不晚于截止时间）和超期数（OverdueCnt）。
结案率（CloseRate）= 结案数 / 应结案数；按期结案率（OnTimeRate）= 按期结案数 / 应结案数；取值 0 至 1，没有应结案案卷时为空。
作废案卷不计入任何一项。每周从周一到周日（ISO 8601）。

按期结案率决定名次，相同者并列。报告点名列出每个时段的最后两名。没有归属的案卷只统计、不排名。

状态为载入案卷时所取时刻的状态。</translation>
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
      <source>Crosswalk from the previous unit grid</source>
      <translation>与原单元网格的编码对照表</translation>
    </message>
    <message>
      <source>Crosswalk of the unit grid</source>
      <translation>单元网格编码对照表</translation>
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
      <source>Data source</source>
      <translation>数据来源</translation>
    </message>
    <message>
      <source>Date</source>
      <translation>日期</translation>
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
      <source>Deadline</source>
      <translation>截止时间</translation>
    </message>
    <message>
      <source>Definitions</source>
      <translation>指标说明</translation>
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
      <source>Department</source>
      <translation>部门</translation>
    </message>
    <message>
      <source>Department in charge (filled by the import if empty)</source>
      <translation>主管部门（为空时导入时填写）</translation>
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
      <source>DistCode of this grid is not the district of its community.</source>
      <translation>该网格的 DistCode 与其社区所属的区不符。</translation>
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
      <source>Divide unit grids</source>
      <translation>拆分单元网格</translation>
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
      <source>Drag a vertex or a limit that unit grids share; no gap opens</source>
      <translation>拖动单元网格共用的顶点或边界，不会产生缝隙</translation>
    </message>
    <message>
      <source>Drag a vertex or a limit; all grids that have it follow. With Shift, a limit bends where you take it. Esc gives up.</source>
      <translation>拖动顶点或边界，共用它的网格随之改变。按住 Shift 键拖动可在所按处使边界折弯。Esc 键放弃。</translation>
    </message>
    <message>
      <source>Draw a line that divides unit grids</source>
      <translation>画一条线拆分单元网格</translation>
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
      <source>Due soon</source>
      <translation>即将到期</translation>
    </message>
    <message>
      <source>Due soon: hours before the deadline</source>
      <translation>即将到期：截止时间前的小时数</translation>
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
      <source>English (our translation)</source>
      <translation>英文（本项目译）</translation>
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
      <source>Export shapefiles</source>
      <translation>导出 Shapefile</translation>
    </message>
    <message>
      <source>Field</source>
      <translation>字段</translation>
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
      <source>Field with the community code (12 digits)</source>
      <translation>社区编码字段（12 位）</translation>
    </message>
    <message>
      <source>Field with the community name</source>
      <translation>社区名称字段</translation>
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
      <source>Files</source>
      <translation>文件</translation>
    </message>
    <message>
      <source>Files of the delivery</source>
      <translation>成果文件</translation>
    </message>
    <message>
      <source>Files, folders or zip archives with records</source>
      <translation>含记录的文件、文件夹或 zip 压缩包</translation>
    </message>
    <message>
      <source>Filled from</source>
      <translation>取值来源</translation>
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
      <source>Geometry</source>
      <translation>几何类型</translation>
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
      <source>Gives each unit grid the street and the community that hold the largest part of it, and lists what a planner has to look at: grids outside all communities, grids that no community holds most of, and grids whose code or street disagrees with their place. Closed grids (with an end date) are left out.

Fields of the communities that are not chosen are found by name (CommCode, CommName, StrCode, StrName and common Chinese names). Without a street layer the street follows from the community.</source>
      <translation>将每个单元网格归入面积占比最大的街道和社区，并列出需要规划人员查看的网格：位于所有社区之外的网格、没有任何社区占其大部分的网格，以及编码或街道与所在位置不符的网格。已终止的网格（有终止日期）不参与。

未指定的社区字段按名称查找（CommCode、CommName、StrCode、StrName 及常用中文名称）。没有街道图层时，街道由社区推得。</translation>
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
      <source>Groups unit grids into exactly as many responsibility grids (责任网格) as asked for. Each lies in one community, is connected by shared edges, and carries about the same workload. Closed unit grids (with an end date) are left out.

The responsibility grids are allocated to the communities by workload (Huntington–Hill), at least one each. Workload is the number of objects in the given point layers (components, cases), else the chosen field, else the area.

With 0 as their number, one is made for every so many unit grids. The same seed gives the same plan. Codes are the community code and three digits, west to east, north to south.</source>
      <translation>将单元网格组合成恰好为所要求数量的责任网格。每个责任网格位于同一社区内，通过公共边连通，工作量大致相等。已终止的单元网格（有终止日期）不参与。

责任网格按工作量分配到各社区（亨廷顿–希尔法），每个社区至少一个。工作量为给定点图层（部件、案卷）中的对象数，否则取所选字段，再否则取面积。

数量为 0 时，按每若干个单元网格设一个。相同的随机种子得到相同的方案。编码为社区编码加三位数字，自西向东、由北向南编排。</translation>
    </message>
    <message>
      <source>HTML files (*.html)</source>
      <translation>HTML 文件 (*.html)</translation>
    </message>
    <message>
      <source>Hidden sheets were not read: {names}.</source>
      <translation>未读取隐藏的工作表：{names}。</translation>
    </message>
    <message>
      <source>Holidays and swapped workdays (columns date, kind)</source>
      <translation>节假日与调休上班日（列 date、kind）</translation>
    </message>
    <message>
      <source>Hours for a case without any deadline (0: none)</source>
      <translation>没有任何截止时间的案卷的时限小时数（0：不设）</translation>
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
      <source>In the file</source>
      <translation>文件中的值</translation>
    </message>
    <message>
      <source>In {count} rows longitude and latitude are exchanged; that was put right.</source>
      <translation>{count} 行的经度与纬度颠倒，已更正。</translation>
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
      <source>Is the text readable, and are the coordinates taken for what they are?</source>
      <translation>文字能否正常阅读，坐标是否按其本来的含义读取？</translation>
    </message>
    <message>
      <source>Kept (the same code)</source>
      <translation>保留（编码不变）</translation>
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
      <source>Last day</source>
      <translation>结束日期</translation>
    </message>
    <message>
      <source>Last places: {names}</source>
      <translation>末位：{names}</translation>
    </message>
    <message>
      <source>Layer</source>
      <translation>图层</translation>
    </message>
    <message>
      <source>Layers</source>
      <translation>图层</translation>
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
      <source>Level</source>
      <translation>处理方式</translation>
    </message>
    <message>
      <source>Levels of rules (JSON)</source>
      <translation>规则的处理方式（JSON）</translation>
    </message>
    <message>
      <source>Limits between unit grids (km)</source>
      <translation>单元网格之间的边界长度（km）</translation>
    </message>
    <message>
      <source>List of cases (file or layer)</source>
      <translation>案卷清单（文件或图层）</translation>
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
      <source>Loads a list of cases (CSV in any usual encoding, GeoPackage, GeoJSON, shapefile, or a layer of the project) as one point layer with the same fields whatever system it comes from.

Fields are found by their names in Chinese and English. A mapping says otherwise: JSON text, or the path of a JSON file, such as {"CaseID": "No.", "Stage": {"field": "state", "values": {"7": "挂账"}}, "Kind": {"value": "event"}}. It can fill CaseID, Kind, ClassCode, ClassName, Stage, Reported, Filed, Deadline, Finished, Dept, BGID, RGID, StrName, CommName, Source and Text. Class codes and names are filled up from the code scheme.

Stage: the words of many systems become the chain 立案 → 派遣 → 处理 → 反馈 → 核查 → 结案 → 考核 → 归档, 挂账 (suspended) or 作废 (void). Other words are kept as they are, counted in the report, and count as unfinished.

Status at the given moment: void; closed (stage 结案 or later, finished by then; with a stage that says nothing, once there is a finishing time); suspended; overdue (moment after the deadline); due soon (deadline within the hours given); open. A case without a deadline is never overdue; a suspended one neither.

Deadline: the stated one; else filing (or report) plus the limit of the class; else plus the hours of the fallback rule (24 in some cities; 0 is off). Limits: a table with the columns code, limit, unit (紧急工作时 day and night, 工作时 and 工作日 in work hours, 自然日) and, where component and event codes overlap, kind (component or event). Work hours are 08:00–12:00 and 14:00–18:00, Monday to Friday, 8 hours a workday; the calendar (columns date, kind: holiday or workday) adds holidays and swapped workdays.

Times are wall-clock times of the place. Those with an offset (Z, +08:00) are converted to the time zone given, or that of this computer. 3/4/2025 is read by the order of day and month that the whole column shows.

Place: the coordinates, also in columns found by name and with exchanged axes; without them the grid that the case names, marked in the report; without both the case is rejected. BGID, street and community come from the unit grid, RGID from the responsibility grids (or the field RGID of the grid); on a shared edge the lowest code counts. Cases outside all grids are kept with an empty BGID.

Cases without a number get row-1, row-2 …; of rows with the same number the first is taken. Every row is accepted, rejected or skipped; the latter two are in the layer of rejected rows with all their fields and the reason.</source>
      <translation>将案卷清单（常用编码的 CSV、GeoPackage、GeoJSON、Shapefile 或工程中的图层）载入为一个点图层，不论来自哪个系统，字段均一致。

字段按其中英文名称查找。也可用字段映射指定，即 JSON 文本或 JSON 文件的路径，例如 {"CaseID": "No.", "Stage": {"field": "state", "values": {"7": "挂账"}}, "Kind": {"value": "event"}}。可填写的字段：CaseID、Kind、ClassCode、ClassName、Stage、Reported、Filed、Deadline、Finished、Dept、BGID、RGID、StrName、CommName、Source 和 Text。类别代码和类别名称按代码体系互相补全。

阶段：各系统的用语统一为流程 立案 → 派遣 → 处理 → 反馈 → 核查 → 结案 → 考核 → 归档，以及挂账或作废。其他用语按原样保留，在报告中计数，并计为未办结。

给定时刻的状态：作废；已结案（阶段为结案或其后，且届时已办结；阶段无法判断时，有办结时间即为已结案）；挂账；超期（该时刻晚于截止时间）；即将到期（截止时间在给定小时数之内）；办理中。没有截止时间的案卷不会超期，挂账的案卷也不会超期。

截止时间：取所填时间；否则为立案（或上报）时间加该类别的时限；再否则加兜底规则的小时数（有的城市为 24；0 为不启用）。时限：含 code、limit、unit 列的表（紧急工作时为昼夜连续计算，工作时和工作日按工作时间计算，自然日），部件与事件代码重叠时另有 kind 列（component 部件或 event 事件）。工作时间为周一至周五 08:00–12:00 和 14:00–18:00，每个工作日 8 小时；工作日历（date、kind 列：holiday 或 workday）补充节假日和调休上班日。

时间为当地钟表时间。带时差的时间（Z、+08:00）换算到给定时区，未给定则换算到本计算机的时区。3/4/2025 这类日期按整列所显示的日月顺序读取。

位置：取坐标（也按列名查找，并识别颠倒的坐标轴）；没有坐标时取案卷所填的单元网格，并在报告中注明；两者皆无的案卷不予接收。BGID、街道和社区取自单元网格，RGID 取自责任网格（或单元网格的 RGID 字段）；位于公共边上时取编码最小者。在所有网格之外的案卷予以保留，BGID 为空。

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
      <source>Look for an id with a wrong, very high number among the records of this class.</source>
      <translation>请在该类别的记录中查找顺序号异常偏大的错误标识码。</translation>
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
      <source>Make a survey package</source>
      <translation>生成外业采集包</translation>
    </message>
    <message>
      <source>Malformed codes</source>
      <translation>格式错误的编码</translation>
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
      <source>Mean workload</source>
      <translation>平均工作量</translation>
    </message>
    <message>
      <source>Means</source>
      <translation>含义</translation>
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
      <source>Name of the surveyor (the app's account if empty)</source>
      <translation>采集人姓名（为空时取手机应用的账号）</translation>
    </message>
    <message>
      <source>Needs first: {layers}</source>
      <translation>须先完成：{layers}</translation>
    </message>
    <message>
      <source>Neither geometries nor columns with coordinates were found.</source>
      <translation>未找到几何图形，也未找到坐标列。</translation>
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
      <source>No community holds most of this grid; the largest part decided.</source>
      <translation>没有任何社区占该网格的大部分；以占比最大者为准。</translation>
    </message>
    <message>
      <source>No file yet. Files can also be dropped here.</source>
      <translation>还没有文件。也可以把文件拖到这里。</translation>
    </message>
    <message>
      <source>No grid has a code: codes were not checked.</source>
      <translation>没有一个网格有编码，因此未检查编码。</translation>
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
      <source>No record would be taken: go back and look at the mapping and the coordinates.</source>
      <translation>没有记录会被接收：请返回检查映射和坐标。</translation>
    </message>
    <message>
      <source>No table names the local class {value}.</source>
      <translation>没有任何表给出本地小类 {value} 的名称。</translation>
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
      <source>None of the barriers lies in the communities.</source>
      <translation>没有任何阻隔要素位于社区范围内。</translation>
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
      <source>Note</source>
      <translation>备注</translation>
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
      <source>Nothing is written yet. Click a finding to see its place on the map.</source>
      <translation>尚未写入任何内容。单击一条检查结果，可在地图上查看其位置。</translation>
    </message>
    <message>
      <source>Notice</source>
      <translation>提示</translation>
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
      <source>Old unit grid</source>
      <translation>原单元网格</translation>
    </message>
    <message>
      <source>Old unit grids</source>
      <translation>原单元网格</translation>
    </message>
    <message>
      <source>On-time rate 按期结案率</source>
      <translation>按期结案率</translation>
    </message>
    <message>
      <source>One file a layer, named after the layer</source>
      <translation>每个图层一个文件，以图层命名</translation>
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
      <source>Only this extent</source>
      <translation>仅此范围</translation>
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
      <source>Open…</source>
      <translation>打开…</translation>
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
      <source>Other 其他</source>
      <translation>其他</translation>
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
      <source>Overdue the longest</source>
      <translation>超期最久的案卷</translation>
    </message>
    <message>
      <source>Overlaps</source>
      <translation>重叠</translation>
    </message>
    <message>
      <source>Owner</source>
      <translation>责任人</translation>
    </message>
    <message>
      <source>Owner, code</source>
      <translation>权属单位代码</translation>
    </message>
    <message>
      <source>Period</source>
      <translation>时段</translation>
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
      <source>Place</source>
      <translation>位置</translation>
    </message>
    <message>
      <source>Plain table</source>
      <translation>普通表格</translation>
    </message>
    <message>
      <source>Points were made from the columns “{x}” and “{y}”.</source>
      <translation>已由“{x}”列和“{y}”列生成点。</translation>
    </message>
    <message>
      <source>Preset…</source>
      <translation>预设…</translation>
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
      <source>Problems of ownership</source>
      <translation>归属问题</translation>
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
      <source>Rank</source>
      <translation>名次</translation>
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
      <source>Redo</source>
      <translation>重做</translation>
    </message>
    <message>
      <source>Redo: {step}</source>
      <translation>重做：{step}</translation>
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
      <source>Remove</source>
      <translation>移除</translation>
    </message>
    <message>
      <source>Removed 移除</source>
      <translation>移除</translation>
    </message>
    <message>
      <source>Renumber</source>
      <translation>重新编号</translation>
    </message>
    <message>
      <source>Report</source>
      <translation>报告</translation>
    </message>
    <message>
      <source>Reported</source>
      <translation>上报时间</translation>
    </message>
    <message>
      <source>Responsibility grid</source>
      <translation>责任网格</translation>
    </message>
    <message>
      <source>Responsibility grid code</source>
      <translation>责任网格编码</translation>
    </message>
    <message>
      <source>Responsibility grids</source>
      <translation>责任网格</translation>
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
      <source>Rows not taken</source>
      <translation>未接收的行</translation>
    </message>
    <message>
      <source>Rule</source>
      <translation>规则</translation>
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
      <source>Saved. The crosswalk has {count} rows more.</source>
      <translation>已保存，编码对照表增加 {count} 行。</translation>
    </message>
    <message>
      <source>Say where the place comes from.</source>
      <translation>请说明位置的数据来源。</translation>
    </message>
    <message>
      <source>Seed</source>
      <translation>随机种子</translation>
    </message>
    <message>
      <source>Severity</source>
      <translation>严重程度</translation>
    </message>
    <message>
      <source>Share of the area</source>
      <translation>面积占比</translation>
    </message>
    <message>
      <source>Shortened field names</source>
      <translation>缩短的字段名</translation>
    </message>
    <message>
      <source>Show</source>
      <translation>显示</translation>
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
      <source>Some files cannot be read. Remove them, or mend them and add them again.</source>
      <translation>有些文件无法读取。请移除它们，或修复后重新添加。</translation>
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
      <source>Spikes</source>
      <translation>尖刺</translation>
    </message>
    <message>
      <source>Split</source>
      <translation>拆分</translation>
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
      <source>Status</source>
      <translation>状态</translation>
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
      <source>Surveyor</source>
      <translation>采集人</translation>
    </message>
    <message>
      <source>Suspended</source>
      <translation>挂账</translation>
    </message>
    <message>
      <source>Table of division codes (columns code, name)</source>
      <translation>区划代码表（列 code、name）</translation>
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
      <source>Text</source>
      <translation>问题描述</translation>
    </message>
    <message>
      <source>Text and places</source>
      <translation>文字与位置</translation>
    </message>
    <message>
      <source>The Python package {package} is missing or too old in this QGIS. Install it with “{command}” in the OSGeo4W shell or terminal of QGIS, then restart QGIS.</source>
      <translation>此 QGIS 缺少 Python 包 {package}，或其版本过旧。请在 OSGeo4W Shell 或 QGIS 的终端中用“{command}”安装，然后重新启动 QGIS。</translation>
    </message>
    <message>
      <source>The calendar has “{value}” in row {row}. It needs the columns date (such as 2025-10-01) and kind (holiday or workday, 假日 or 上班).</source>
      <translation>工作日历第 {row} 行为“{value}”。日历需要 date 列（如 2025-10-01）和 kind 列（holiday 或 workday，假日或上班）。</translation>
    </message>
    <message>
      <source>The check did not end well.</source>
      <translation>检查未能正常完成。</translation>
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
      <source>The class {code} {name} comes from the name of the file.</source>
      <translation>类别 {code} {name} 取自文件名。</translation>
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
      <source>The code scheme has no class for: {names}.</source>
      <translation>该代码体系中没有对应小类：{names}。</translation>
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
      <source>The community that holds this grid has no code; the grid keeps what it had.</source>
      <translation>该网格所在的社区没有编码；网格保留原有内容。</translation>
    </message>
    <message>
      <source>The community {community} has no grid.</source>
      <translation>社区 {community} 没有网格。</translation>
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
      <source>The component {value} is there already, at another place.</source>
      <translation>部件 {value} 已存在，但位置不同。</translation>
    </message>
    <message>
      <source>The components are being imported…</source>
      <translation>正在导入部件…</translation>
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
      <source>The data does not say which district it belongs to. Enter the district code (DISTRICT_CODE: six digits, GB/T 2260) and run again.</source>
      <translation>数据中没有说明所属区县。请填写区县代码（DISTRICT_CODE：六位数字，GB/T 2260）后重新运行。</translation>
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
      <source>The existing components are in {one}, the delivery is in {other}. Bring both into one coordinate reference system that measures metres, and run again.</source>
      <translation>已有部件采用 {one}，本次成果采用 {other}。请统一到同一个以米为单位的坐标参考系后再运行。</translation>
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
      <source>The last digit of the id “{value}” cannot be trusted: it went through a spreadsheet.</source>
      <translation>标识码“{value}”的末位不可信：它经过了电子表格。</translation>
    </message>
    <message>
      <source>The layer that is corrected</source>
      <translation>要修正的图层</translation>
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
      <source>The local classes of “{path}” are stored in the workspace.</source>
      <translation>“{path}”中的扩展类别已保存到工作空间。</translation>
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
      <source>The national standard of 2026: 153 component and 250 event classes, five digits, ids of 17 digits. Its text was not available; the classes come from one secondary source. The minors 080 to 999 of every major are the city's.</source>
      <translation>2026 年国家标准：153 类部件、250 类事件，类别代码五位，部件标识码 17 位。原文未能取得，类别来自一份二手资料。各大类的小类 080 至 999 留给城市扩展。</translation>
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
      <source>The place lies outside the district.</source>
      <translation>位置在区县范围之外。</translation>
    </message>
    <message>
      <source>The place lies outside the unit grid.</source>
      <translation>该位置在单元网格之外。</translation>
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
      <source>The squares are rotated by {angle}°.</source>
      <translation>方格旋转 {angle}°。</translation>
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
      <source>The table of time limits has “{value}” in row {row}. It needs the columns code, limit (a number) and unit (紧急工作时, 工作时, 工作日 or 自然日), and may have kind (component or event); a class once.</source>
      <translation>时限表第 {row} 行为“{value}”。该表需要 code、limit（数字）和 unit（紧急工作时、工作时、工作日或自然日）列，可有 kind 列（component 部件或 event 事件）；每个类别只能出现一次。</translation>
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
      <source>The unit grid and its communities.</source>
      <translation>单元网格及其社区。</translation>
    </message>
    <message>
      <source>The unit grid has changes that are not saved. Save or undo them first, in “Correct the unit grid”.</source>
      <translation>单元网格有尚未保存的更改。请先在“修正单元网格”中保存或撤销。</translation>
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
      <source>The unit grid is saved, but {count} rows of its crosswalk are not (see “Show more”). {why}</source>
      <translation>单元网格已保存，但编码对照表有 {count} 行未能写入（见“显示更多”）。{why}</translation>
    </message>
    <message>
      <source>The unit grid was not checked yet.</source>
      <translation>单元网格尚未检查。</translation>
    </message>
    <message>
      <source>The workspace holds no communities to check against.</source>
      <translation>工作空间中没有可供对照检查的社区。</translation>
    </message>
    <message>
      <source>There are no barriers to rotate the squares to; they stand north to south.</source>
      <translation>没有可作旋转依据的阻隔要素；方格按正南北方向排列。</translation>
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
      <source>There is nothing to import: choose a layer in INPUT or files in FILES.</source>
      <translation>没有可导入的内容：请在 INPUT 选择图层，或在 FILES 选择文件。</translation>
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
      <source>These codes stand beside different names; their rows were joined: {codes}.</source>
      <translation>下列编码对应不同的名称，相应的行已合并：{codes}。</translation>
    </message>
    <message>
      <source>These names occur more than once in a street; each row was kept as a community: {names}.</source>
      <translation>以下名称在同一街道中出现多次，每一行各作为一个社区保留：{names}。</translation>
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
      <source>This did not work: {error}</source>
      <translation>操作失败：{error}</translation>
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
      <source>Time limits (columns code, limit, unit)</source>
      <translation>时限（列 code、limit、unit）</translation>
    </message>
    <message>
      <source>Time zone, such as Asia/Shanghai (that of this computer if empty)</source>
      <translation>时区，如 Asia/Shanghai（留空则用本计算机的时区）</translation>
    </message>
    <message>
      <source>Topographic map 地形图</source>
      <translation>地形图</translation>
    </message>
    <message>
      <source>Turns records of the component census into one coded component layer. Nothing is lost: every record read is accepted, rejected or skipped, and those that were not taken are in REJECTED with their row, all their columns, the reason and their place.

Input: a layer of QGIS in INPUT; in FILES any number of files, folders and zip archives (shapefile, GeoPackage, GeoJSON, KML, DXF, CSV, Excel …). The encoding is told from the bytes of a file, whatever a .cpg says; codes stay text. Coordinates in columns are found by name (经度 / 纬度, lon / lat, x / y) and put right where they are exchanged. REJECTED, repaired, can be imported again as it is.

Mapping: fields are found by their names in Chinese and English. A mapping says otherwise: JSON text, or the path of a JSON file, such as {{"ObjID": "编号", "ObjState": {{"field": "现状", "values": {{"1": "完好"}}}}, "ClassCode": {{"value": "0118"}}}}. It can fill: {targets}. MajorCode is for a class that is given in two columns. A file without a class column may be named after its class (BJ0118). A list of saved mappings may name the file and layer that each is for; of several files, those that lack a column of the mapping are read by the names of their own.

Scheme: the texts of CQSZ10-2007 and CJ/T 214-2007 were not available; the 85 classes come from tables that cite them, each with its status in the report. The codes of the local classes (major 21) are not published: load your city's table (columns code, name) as extension. Unknown codes 21xx are kept and reported; other unknown codes are rejected. The report lists the local classes that are known by name only.

Ids: a sound id of 16 digits (district, class, number) is kept. Ids that a spreadsheet damaged, that name another district or class, or that repeat are replaced, and the old text goes to Note. New numbers follow the highest that was ever used in the existing components and the file.

Same class and place (0.01 m) as an earlier record or an existing component: skipped. With a unit grid, components get its BGID and those outside are rejected; a point on a shared edge gets the lower code, a line or polygon the grid with its largest part, and none is cut. In Chongqing (district codes 50…) an empty DeptName1 is filled with the department that answers for the class.

Rules: each has a level, which LEVELS changes as in {{"near_duplicate": "reject"}}: reject, skip, warn or off. They are: {rules}. PROBLEMS shows each finding at its place, SUMMARY counts them by file, class and rule.

Existing components: the output holds them unchanged, followed by the new ones, so it may replace them. UPDATE renews them instead: records are matched by id, else by class and place; what is changed or moved is taken over, ids and initial dates stay, and what the delivery lacks of its classes gets an end date only where that is asked for. CHANGES shows each change.

A dry run does everything but write the output. An import that was interrupted is simply started again: nothing is taken twice. Where the output is a layer of a workspace, a row in its table census_log tells of each import.</source>
      <translation>将部件普查记录转为一个已编码的部件图层。不丢失任何内容：读取的每条记录或接收、或不接收、或跳过；未接收的记录连同行号、全部列、原因和位置列于 REJECTED 中。

输入：INPUT 为 QGIS 图层；FILES 可为任意多个文件、文件夹和 zip 压缩包（Shapefile、GeoPackage、GeoJSON、KML、DXF、CSV、Excel……）。字符编码由文件的字节内容判定，不以 .cpg 为准；代码始终为文本。坐标列按列名查找（经度 / 纬度、lon / lat、x / y），颠倒时自动更正。REJECTED 修复后可原样再次导入。

字段映射：字段按其中英文名称查找。也可用字段映射指定，即 JSON 文本或 JSON 文件的路径，例如 {{"ObjID": "编号", "ObjState": {{"field": "现状", "values": {{"1": "完好"}}}}, "ClassCode": {{"value": "0118"}}}}。可填写的字段：{targets}。MajorCode 用于类别分两列给出的情形。没有类别列的文件可以类别命名（BJ0118）。已保存映射的列表可以指明各自适用的文件和图层；多个文件中，缺少映射所用列的文件按其自身列名读取。

代码体系：未能获得 CQSZ10-2007 和 CJ/T 214-2007 原文；85 个类别取自引用标准的资料，报告中注明各自的可靠程度。地方扩展类别（大类 21）的代码未公布：请将本市的代码表（列 code、name）作为扩展表载入。未知的 21xx 代码予以保留并报告；其他未知代码不予接收。仅知名称的地方扩展类别列于报告中。

标识码：完好的 16 位标识码（区、类别、顺序号）予以保留。被电子表格损坏、所含区或类别与记录不符或重复的标识码重新编码，原文保留在 Note 中。新顺序号接在已有部件和本文件中曾用过的最大号之后。

与前面的记录或已有部件类别、位置（0.01 m）均相同：跳过。给定单元网格时，部件取得其 BGID，在网格之外的不予接收；位于公共边上的点取编码较小者，线和面取占其最大部分的网格，均不切割。在重庆（区代码 50…），空的 DeptName1 填入负责该类别的部门。

规则：每条规则有处理方式，可用 LEVELS 更改，例如 {{"near_duplicate": "reject"}}：reject（不接收）、skip（跳过）、warn（警告）或 off（不检查）。规则有：{rules}。PROBLEMS 在原位置显示每条检查结果，SUMMARY 按文件、类别和规则统计。

已有部件：输出中原样包含已有部件，其后为新部件，因此输出可以替换原图层。UPDATE 则更新已有部件：记录按标识码匹配，否则按类别和位置匹配；变更的属性和位置予以采用，标识码和初始日期保持不变，本次成果所含类别中缺失的部件仅在要求时填写终止日期。CHANGES 列出每项变更。

试运行执行除写出部件以外的全部步骤。中断的导入只需重新开始：不会重复接收。输出为工作空间图层时，其 census_log 表中每次导入有一行记录。</translation>
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
      <source>Unit grid “{code}” has no community code of {digits} digits in the field CommCode, so it can get no new code. Fill the field in first.</source>
      <translation>单元网格“{code}”的 CommCode 字段中没有 {digits} 位社区编码，无法生成新编码。请先填写该字段。</translation>
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
      <source>Unit grids with more than a tenth of their area on each side of a strong barrier</source>
      <translation>被强阻隔要素分隔、两侧面积均超过十分之一的单元网格占比</translation>
    </message>
    <message>
      <source>Values of “{column}”</source>
      <translation>“{column}”的取值</translation>
    </message>
    <message>
      <source>Values…</source>
      <translation>取值…</translation>
    </message>
    <message>
      <source>Void</source>
      <translation>作废</translation>
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
      <source>Weak</source>
      <translation>弱</translation>
    </message>
    <message>
      <source>Week</source>
      <translation>周</translation>
    </message>
    <message>
      <source>What to know</source>
      <translation>说明</translation>
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
      <source>Workload</source>
      <translation>工作量</translation>
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
      <source>Writes layers as shapefiles into a folder, in GBK or UTF-8, with a .cpg and a language id that say the same. Codes stay text; dates and times are written as text, so nothing of them is lost. Of a unit grid only what is valid now is written, without the closed grids.

Components (layers with a ClassCode) can be written as one file a class, named BJ0101 or by the name of the class. A layer with several kinds of geometry becomes several files.

A .dbf holds field names of 10 bytes and texts of 254 bytes: names that are shortened, texts that are cut and characters that GBK lacks are listed in the report with their rows.</source>
      <translation>将图层以 Shapefile 写入文件夹，编码为 GBK 或 UTF-8，.cpg 与语言标识一致。代码始终为文本；日期和时间按文本写出，不丢失任何内容。单元网格只写出现行网格，不含已终止的网格。

部件（带 ClassCode 的图层）可按每个类别一个文件写出，命名如 BJ0101 或用类别名称。含多种几何类型的图层写成多个文件。

.dbf 的字段名最长 10 字节，文本最长 254 字节：被缩短的字段名、被截断的文本以及 GBK 没有的字符，连同行号列于报告中。</translation>
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
      <source>a similar class; compare what the standards mean by it</source>
      <translation>相近类别；请核对标准中的含义</translation>
    </message>
    <message>
      <source>a time such as 2025-06-30T12:00:00</source>
      <translation>形如 2025-06-30T12:00:00 的时间</translation>
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
      <source>asked for</source>
      <translation>目标</translation>
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
      <source>closed before</source>
      <translation>先前已终止</translation>
    </message>
    <message>
      <source>corroborated: several tables agree</source>
      <translation>已印证：多份表格一致</translation>
    </message>
    <message>
      <source>cut to 254 bytes</source>
      <translation>截断为 254 字节</translation>
    </message>
    <message>
      <source>error</source>
      <translation>错误</translation>
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
      <source>inferred from other tables</source>
      <translation>由其他表格推断</translation>
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
      <source>it is broken, or in no format that can be read</source>
      <translation>文件已损坏，或不是可读取的格式</translation>
    </message>
    <message>
      <source>it is nested too deeply</source>
      <translation>嵌套层次过深</translation>
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
      <source>it was saved by another version of CityGrid</source>
      <translation>它由其他版本的 CityGrid 保存</translation>
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
      <source>missing from the delivery</source>
      <translation>本次成果中缺失</translation>
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
      <source>no coordinates, and no grid code that the grid knows</source>
      <translation>没有坐标，也没有网格中存在的网格编码</translation>
    </message>
    <message>
      <source>no counterpart in that table</source>
      <translation>该表中无对应类别</translation>
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
      <source>not taken</source>
      <translation>不接收</translation>
    </message>
    <message>
      <source>note</source>
      <translation>提示</translation>
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
      <source>rules</source>
      <translation>规则</translation>
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
      <source>taken, not checked</source>
      <translation>接收，不检查</translation>
    </message>
    <message>
      <source>taken, with a warning</source>
      <translation>接收并警告</translation>
    </message>
    <message>
      <source>the disk is full</source>
      <translation>磁盘已满</translation>
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
      <source>unchanged</source>
      <translation>未变</translation>
    </message>
    <message>
      <source>warning</source>
      <translation>警告</translation>
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
      <source>{count} cases</source>
      <translation>{count} 件案卷</translation>
    </message>
    <message>
      <source>{count} cases are of a class that is not in {scheme}; they are kept as they are.</source>
      <translation>{count} 件案卷的类别不在 {scheme} 中，按原样保留。</translation>
    </message>
    <message>
      <source>{count} cases had no deadline and no limit for their class.</source>
      <translation>{count} 件案卷没有截止时间，其类别也没有时限。</translation>
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
      <source>{count} cases have no number; they got row numbers (row-1 …).</source>
      <translation>{count} 件案卷没有编号，已用行号代替（row-1 …）。</translation>
    </message>
    <message>
      <source>{count} cases lie outside all unit grids; their BGID is empty.</source>
      <translation>{count} 件案卷在所有单元网格之外，其 BGID 为空。</translation>
    </message>
    <message>
      <source>{count} cases name another class than their code has in {scheme}. Was the right code scheme chosen?</source>
      <translation>{count} 件案卷的类别名称与其代码在 {scheme} 中的名称不同。代码体系选择是否正确？</translation>
    </message>
    <message>
      <source>{count} cases name another grid than the one they lie in; the place decided.</source>
      <translation>{count} 件案卷所填网格与其所在网格不同，以位置为准。</translation>
    </message>
    <message>
      <source>{count} cases were reported after {at}; their status is that of a new case.</source>
      <translation>{count} 件案卷的上报时间晚于 {at}，其状态按新案卷计。</translation>
    </message>
    <message>
      <source>{count} cases without coordinates were placed in the grid that they name: {examples}.</source>
      <translation>{count} 件没有坐标的案卷已置于其所填的网格中：{examples}。</translation>
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
      <source>{count} class codes had lost their leading zero; it was restored.</source>
      <translation>{count} 个类别代码丢失了前导零，已恢复。</translation>
    </message>
    <message>
      <source>{count} closed cases have no finishing time; they do not count as closed on time.</source>
      <translation>{count} 件已结案的案卷没有办结时间，不计为按期结案。</translation>
    </message>
    <message>
      <source>{count} communities had invalid outlines and were repaired (rows {rows}).</source>
      <translation>{count} 个社区的边界无效，已修复（第 {rows} 行）。</translation>
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
      <source>{count} local classes of this scheme are in “{workspace}”.</source>
      <translation>“{workspace}”中有此方案的 {count} 个扩展类别。</translation>
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
      <source>{count} objects of “{layer}” have no place and were not counted.</source>
      <translation>“{layer}”中有 {count} 个对象没有位置，未计入。</translation>
    </message>
    <message>
      <source>{count} of {total} communities have codes that do not begin with the district code {district}; their own codes were kept ({codes}).</source>
      <translation>{total} 个社区中有 {count} 个的编码不以区县代码 {district} 开头；保留其自身编码（{codes}）。</translation>
    </message>
    <message>
      <source>{count} outlines of the previous grid cross themselves; they were compared as mended.</source>
      <translation>原单元网格中有 {count} 个边界自相交，已按修复后的边界比较。</translation>
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
      <source>{count} responsibility grids</source>
      <translation>{count} 个责任网格</translation>
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
      <source>{count} responsibility grids have several parts, because their community consists of more pieces than it has responsibility grids: {codes}.</source>
      <translation>{count} 个责任网格由多个部分组成，因为其社区的分块数多于责任网格数：{codes}。</translation>
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
      <source>{count} unit grids have no workload, or a negative one, in the field “{field}”; it counts as 0.</source>
      <translation>{count} 个单元网格在字段“{field}”中没有工作量或为负值，按 0 计。</translation>
    </message>
    <message>
      <source>{count} unit grids name no community (CommCode of 12 digits, or a BGID that begins with it; the first is row {row}). Run “Assign owners” first.</source>
      <translation>{count} 个单元网格未注明社区（12 位的 CommCode，或以其开头的 BGID；首个为第 {row} 行）。请先运行“确定网格归属”。</translation>
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
      <source>{count} values of {field} are no times and were left empty, such as “{example}”.</source>
      <translation>{field} 的 {count} 个值不是时间，已留空，例如“{example}”。</translation>
    </message>
    <message>
      <source>{departments}. Several answer for it, so an import asks and fills in none.</source>
      <translation>{departments}。多个部门负责，导入时提示核对，不自动填写。</translation>
    </message>
    <message>
      <source>{files} shapefiles with {rows} rows.</source>
      <translation>{files} 个 Shapefile，共 {rows} 行。</translation>
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
      <source>{file}: {count} texts were longer than 254 bytes and were cut; the report lists the rows.</source>
      <translation>{file}：{count} 个文本超过 254 字节，已截断；所在行列于报告中。</translation>
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
      <source>{names} and {count} more</source>
      <translation>{names} 等，另有 {count} 个</translation>
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
      <source>{read} records read: {accepted} accepted, {rejected} rejected, {skipped} skipped.</source>
      <translation>读取 {read} 条记录：接收 {accepted}，未接收 {rejected}，跳过 {skipped}。</translation>
    </message>
    <message>
      <source>{records} records in {files} tables.</source>
      <translation>{files} 个表，共 {records} 条记录。</translation>
    </message>
    <message>
      <source>{result}; changed since: {layers}</source>
      <translation>{result}；此后有变动：{layers}</translation>
    </message>
    <message>
      <source>{share} of the names disagree with the codes. Was the right code scheme chosen? The same number means another class in another generation of the standards.</source>
      <translation>{share} 的名称与代码不符。代码体系选择是否正确？同一代码在不同代的标准中指不同的类别。</translation>
    </message>
    <message>
      <source>{streets} streets and {communities} communities have no official code in the data; they carry provisional numbers, marked in the field Note.</source>
      <translation>{streets} 个街道和 {communities} 个社区在数据中没有正式编码，使用临时编号，并在 Note 字段中标明。</translation>
    </message>
    <message>
      <source>{zones} responsibility grids in {communities} communities.</source>
      <translation>{communities} 个社区，共 {zones} 个责任网格。</translation>
    </message>
    <message>
      <source>– a constant –</source>
      <translation>– 常量 –</translation>
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
      <source>“{layer}” does not say in which coordinate reference system it is. Choose it in SOURCE_CRS.</source>
      <translation>“{layer}”未说明坐标参考系。请在 SOURCE_CRS 中选择。</translation>
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
      <source>“{layer}”: {count} features have no place and were left out.</source>
      <translation>“{layer}”：{count} 个要素没有位置，已略去。</translation>
    </message>
    <message>
      <source>“{layer}”: {strong} strong, {normal} normal and {weak} weak barriers; {none} are no barrier.</source>
      <translation>“{layer}”：强阻隔要素 {strong} 个、中 {normal} 个、弱 {weak} 个；不作阻隔的 {none} 个。</translation>
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
      <source>“{path}” cannot be read: in row {row} (line {line} of the file) a quotation mark opens a cell and nothing closes it. Close it, or double it if it belongs to the text.</source>
      <translation>无法读取“{path}”：第 {row} 条记录（文件第 {line} 行）有一个引号没有配对。请补上右引号；如果引号属于文本内容，请写成两个。</translation>
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
      <source>“{path}” holds the classes of this scheme beside those of the others.</source>
      <translation>“{path}”中是此方案与其他方案的类别对照。</translation>
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
      <source>“{stage}” is no known stage ({count} cases); it is kept as it is and counts as unfinished.</source>
      <translation>“{stage}”不是已知的阶段（{count} 件案卷），按原样保留，计为未办结。</translation>
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
  </context>
</TS>
